"""What an answer says, and what a vendor is."""
