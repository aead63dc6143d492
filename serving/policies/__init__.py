"""The review policy in its versions: proposed, previewed on history, approved by a second person, put in force."""
