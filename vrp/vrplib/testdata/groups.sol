Route #1: 1 3
Cost: 12
Comment: the near ones
