"""What the operator wrote: read, checked, shown and described."""
