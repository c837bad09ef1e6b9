"""As many scrapes and reloads as a day has, of targets of every kind, in two bounded shards."""
