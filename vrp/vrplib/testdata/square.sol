Route #1: 1 5
Route #2: 2 6
Route #3: 3 7
Route #4: 4 8
Cost 80
