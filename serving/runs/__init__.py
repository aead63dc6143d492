"""Billing runs: thousands of invoices scored in the background, block by durable block, with progress and results."""
