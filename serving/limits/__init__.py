"""How much one caller may ask: requests per second and per day, by key."""
