"""What lesson 1's check cells share."""
