"""XGBoost and scikit-learn on the matrix that `gbdt -export` wrote, by the same protocol. One thread:

    OMP_NUM_THREADS=1 /usr/bin/python3 peers.py MATRIX 202303
"""
import resource
import sys
import time

import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingRegressor

path, month = sys.argv[1], int(sys.argv[2])
flat = np.fromfile(path)
table = flat[1:].reshape(-1, int(flat[0]))
old, new = table[:, -1] < month, table[:, -1] == month
X, y = np.ascontiguousarray(table[old, :-2]), np.log1p(table[old, -2])
T, s = np.ascontiguousarray(table[new, :-2]), table[new, -2]


def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


def measure(name, model):
    begin = cpu()
    model.fit(X, y)
    spent = cpu() - begin
    p = np.expm1(model.predict(T))
    rmse, mae = np.sqrt(np.mean((p - s) ** 2)), np.mean(np.abs(p - s))
    rmsle = np.sqrt(np.mean((np.log1p(p) - np.log1p(s)) ** 2))
    begin = time.perf_counter()
    model.predict(T[:20000])
    rows = min(len(T), 20000) / (time.perf_counter() - begin)
    begin = time.perf_counter()
    for i in range(100):
        model.predict(T[i:i + 1])
    single = (time.perf_counter() - begin) * 1e4
    print(f"{name},{month},{len(X)},{len(T)},{spent:.2f},{rmse:.2f},{mae:.2f},{rmsle:.5f},{rows:.0f},{single:.2f}", flush=True)


print("peer,month,rows,test_rows,cpu_s,rmse_s,mae_s,rmsle,batch_rows_s,single_us")
measure("xgboost", xgboost.XGBRegressor(
    n_estimators=300, max_leaves=63, max_depth=0, grow_policy="lossguide", learning_rate=0.1, min_child_weight=50,
    reg_lambda=1, max_bin=255, tree_method="hist", n_jobs=1))
measure("scikit-learn", HistGradientBoostingRegressor(
    max_iter=300, max_leaf_nodes=63, learning_rate=0.1, min_samples_leaf=50, l2_regularization=1, max_bins=255,
    early_stopping=False, random_state=1))
