"""What this app asks for before a step of the year may close."""
