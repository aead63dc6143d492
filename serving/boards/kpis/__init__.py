"""The key figures, by what they are about: each file defines some as data."""
