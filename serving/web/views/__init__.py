"""Views: fetch with permission, act, redirect or render. One file per page."""
