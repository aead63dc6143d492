"""From rows to what a template shows: each page's context is a documented dataclass, made by pure functions."""
