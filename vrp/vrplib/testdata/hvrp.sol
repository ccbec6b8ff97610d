Route #1: 1 2
Route #3: 3
Cost 86
