"""Many scores in one request: judged in blocks, durable block by block, told line by line."""
