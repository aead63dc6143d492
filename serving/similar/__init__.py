"""What we did last time: decided cases that are like this one."""
