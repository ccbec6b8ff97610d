Route #1: 2 0 3
Route #2: 4 5
Cost: 379
