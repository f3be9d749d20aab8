"""What every room's API stands on: one error shape, bounded bodies, pages by cursor."""
