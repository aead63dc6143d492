"""What controls and policies share: proposed sets of rules, a second person, and a ledger of what was in force."""
