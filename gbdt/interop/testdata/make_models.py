"""Fits the small models of this directory on invented trips and writes what their own libraries predict.

Made with scikit-learn 1.2.1, XGBoost 1.7.4 and joblib 1.2.0 on Debian 12:
    python3 make_models.py
evil.p4.pkl, which names posix.system, is not made here.
"""
import csv
import pickle

import joblib
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (ExtraTreesRegressor, GradientBoostingRegressor,
                              HistGradientBoostingRegressor, RandomForestRegressor)
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (FunctionTransformer, MinMaxScaler, OneHotEncoder,
                                   PolynomialFeatures, StandardScaler)
from sklearn.tree import DecisionTreeRegressor

rng = np.random.default_rng(7)


def trips(n):
    x = np.column_stack([rng.gamma(2, 2, n).round(2), rng.integers(0, 24, n), rng.integers(0, 7, n),
                         rng.integers(1, 40, n), rng.integers(1, 40, n)]).astype(float)
    y = 90 + 160 * x[:, 0] * (1 + 0.4 * (abs(x[:, 1] - 9) < 2)) + 30 * (x[:, 3] % 5)
    return x, y * np.exp(0.2 * rng.standard_normal(n))


X, y = trips(1500)
XM = X.copy()
XM[rng.random(X.shape) < 0.1] = np.nan
T = trips(60)[0]
TN = T.copy()
TN[rng.random(T.shape) < 0.2] = np.nan
onehot = ColumnTransformer([("hour", OneHotEncoder(handle_unknown="ignore"), [1, 2]), ("rest", "passthrough", [0])])
small = dict(random_state=1, max_iter=8, max_leaf_nodes=12, early_stopping=False)
plain = {
    "linear": LinearRegression(), "ridge": Ridge(), "lasso": Lasso(alpha=0.5), "elastic": ElasticNet(alpha=0.1),
    "dummy": DummyRegressor(), "dtree": DecisionTreeRegressor(max_depth=5, random_state=1),
    "rf": RandomForestRegressor(5, max_depth=5, random_state=1), "et": ExtraTreesRegressor(5, max_depth=5, random_state=1),
    "gbr": GradientBoostingRegressor(n_estimators=8, random_state=1),
    "gbr_lad": GradientBoostingRegressor(loss="absolute_error", n_estimators=6, random_state=1),
    "gbr_q90": GradientBoostingRegressor(loss="quantile", alpha=0.9, n_estimators=6, random_state=1),
    "gbr_huber": GradientBoostingRegressor(loss="huber", n_estimators=6, random_state=1, subsample=0.8),
    "pipe_minmax_ridge": make_pipeline(MinMaxScaler(clip=True), Ridge()),
    "pipe_poly": make_pipeline(StandardScaler(), PolynomialFeatures(3), Ridge()),
    "pipe_poly_cross": make_pipeline(PolynomialFeatures(2, interaction_only=True, include_bias=False), LinearRegression()),
    "coltrans": make_pipeline(onehot, LinearRegression()),
    "coltrans_drop": make_pipeline(ColumnTransformer([("day", OneHotEncoder(drop="first"), [2]), ("km", StandardScaler(), [0])],
                                                     remainder="passthrough"), Lasso(alpha=0.1)),
    "ttr_log1p": TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
    "ttr_exp_hgb": TransformedTargetRegressor(HistGradientBoostingRegressor(**small), func=np.log, inverse_func=np.exp),
    "ttr_scaled": TransformedTargetRegressor(LinearRegression(), transformer=StandardScaler()),
    "pipe_log": make_pipeline(FunctionTransformer(np.log1p), LinearRegression()),
}
missing = {
    "hgb": HistGradientBoostingRegressor(**small),
    "hgb_mae": HistGradientBoostingRegressor(loss="absolute_error", **small),
    "hgb_q90": HistGradientBoostingRegressor(loss="quantile", quantile=0.9, **small),
    "hgb_poisson": HistGradientBoostingRegressor(loss="poisson", **small),
    "hgb_cat": HistGradientBoostingRegressor(categorical_features=[2, 3], **small),
    "xgb": xgb.XGBRegressor(n_estimators=8, max_depth=4),
    "xgb_dart": xgb.XGBRegressor(n_estimators=8, max_depth=3, booster="dart", rate_drop=0.3, seed=3),
    "xgb_poisson": xgb.XGBRegressor(n_estimators=8, max_depth=3, objective="count:poisson", base_score=500.0),
    "xgb_gblinear": xgb.XGBRegressor(n_estimators=20, booster="gblinear", updater="coord_descent"),
    "xgb_forest": xgb.XGBRFRegressor(n_estimators=5, max_depth=4),
    "pipe_scaler_xgb": make_pipeline(StandardScaler(), xgb.XGBRegressor(n_estimators=5, max_depth=3)),
}
out, outn = {}, {}
for name, model in {**plain, **missing}.items():
    if name == "xgb_forest":
        model.fit(X, y)
        model.get_booster().save_model("xgb_forest.json")
    else:
        model.fit(XM if name in missing and name not in ("xgb_gblinear",) else X, y)
        protocols = range(6) if name in ("linear", "dtree", "coltrans_drop", "hgb_cat") else (2, 4, 5)
        for p in protocols if name in ("linear", "dtree", "coltrans_drop", "hgb_cat", "ttr_log1p") else (4,):
            with open(f"{name}.p{p}.pkl", "wb") as f:
                pickle.dump(model, f, protocol=p)
    out[name] = model.predict(T)
    if name in missing:
        outn[name] = model.predict(TN)
for name in ("rf", "hgb_cat", "gbr", "coltrans"):
    model = {**plain, **missing}[name]
    joblib.dump(model, f"{name}.joblib")
    joblib.dump(model, f"{name}.z.joblib", compress=("zlib", 3))
    joblib.dump(model, f"{name}.gz.joblib", compress=("gzip", 3))
for name in ("xgb", "xgb_dart", "xgb_poisson", "xgb_gblinear"):
    booster = missing[name].get_booster()
    for kind in ("json", "ubj"):
        booster.save_model(f"{name}.{kind}")
    booster.save_model(f"{name}.deprecated")
with open("xgb.booster.pkl", "wb") as f:
    pickle.dump(missing["xgb"].get_booster(), f, protocol=4)
early = xgb.XGBRegressor(n_estimators=60, learning_rate=0.9, max_depth=3, early_stopping_rounds=3)
early.fit(X[:1000], y[:1000], eval_set=[(X[1000:], y[1000:])], verbose=False)
out["xgb_early"], outn["xgb_early"] = early.predict(T), early.predict(TN)
with open("xgb_early.p4.pkl", "wb") as f:
    pickle.dump(early, f, protocol=4)

names = ["trip_distance", "hour", "dow", "pu", "do"]
frame = pd.DataFrame(X, columns=names)
named = make_pipeline(ColumnTransformer([
    ("clock", OneHotEncoder(handle_unknown="ignore"), ["dow"]), ("km", MinMaxScaler(), slice(0, 1)),
    ("ends", "passthrough", np.array([False, False, False, True, True])), ("none", "drop", [1])]), Ridge())
named.fit(frame, y)
out["coltrans_names"] = named.predict(pd.DataFrame(T, columns=names))
with open("coltrans_names.p5.pkl", "wb") as f:
    pickle.dump(named, f, protocol=5)
booster = xgb.XGBRegressor(n_estimators=4, max_depth=3).fit(frame, y)
out["xgb_names"] = booster.predict(pd.DataFrame(T, columns=names))
booster.save_model("xgb_names.json")


def table(path, columns):
    with open(path, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(columns)
        for row in zip(*columns.values()):
            w.writerow("%.17g" % v for v in row)


table("X_test.csv", dict(zip(names, T.T)))
table("X_test_nan.csv", dict(zip(names, TN.T)))
table("expected.csv", out)
table("expected_nan.csv", outn)
