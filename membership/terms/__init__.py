"""What a household pays for, and for whom."""
