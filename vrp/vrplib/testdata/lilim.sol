Route #1: 1 3 2 4
Cost 20
