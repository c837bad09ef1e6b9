"""The pages for people: what each target is, what needs attention, and what to do."""
