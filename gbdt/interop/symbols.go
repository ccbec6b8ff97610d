package interop

import "strings"

// allowed says whether a pickle may name a symbol. Symbols are never looked up or called: the few constructors
// in construct.go are spelled out in Go, and every other allowed symbol stays a name with its
// arguments. The list is there so that a file which names anything else is refused at once.
func allowed(g global) bool {
	switch root, _, _ := strings.Cut(g.module, "."); root {
	case "sklearn":
		return sklearnName(g.name)
	case "numpy":
		return numpyName(g)
	case "builtins", "__builtin__":
		return oneOf(g.name, "bytearray", "bytes", "slice", "object", "float", "int", "bool", "str", "set", "frozenset")
	case "copyreg", "copy_reg":
		return g.name == "_reconstructor"
	case "_codecs":
		return g.name == "encode"
	case "collections":
		return oneOf(g.name, "OrderedDict", "defaultdict")
	case "joblib":
		return oneOf(g.String(), "joblib.numpy_pickle.NumpyArrayWrapper")
	case "xgboost":
		return oneOf(g.String(), "xgboost.core.Booster", "xgboost.sklearn.XGBRegressor")
	case "lightgbm":
		return oneOf(g.String(), "lightgbm.basic.Booster", "lightgbm.sklearn.LGBMRegressor")
	}
	return false
}

func oneOf(s string, list ...string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}

// sklearnName lists the estimators that are understood and the symbols that their states carry along.
func sklearnName(name string) bool {
	if base, ok := strings.CutPrefix(name, "__pyx_unpickle_Cy"); ok {
		return lossName(base)
	}
	if base, ok := strings.CutPrefix(name, "Cy"); ok {
		return lossName(base)
	}
	return lossName(name) || oneOf(name,
		"LinearRegression", "Ridge", "Lasso", "ElasticNet", "DummyRegressor",
		"DecisionTreeRegressor", "ExtraTreeRegressor", "Tree",
		"RandomForestRegressor", "ExtraTreesRegressor",
		"GradientBoostingRegressor", "HistGradientBoostingRegressor", "_BinMapper", "TreePredictor",
		"Pipeline", "ColumnTransformer", "TransformedTargetRegressor", "FunctionTransformer",
		"StandardScaler", "MinMaxScaler", "PolynomialFeatures", "OneHotEncoder",
		"IdentityLink", "LogLink", "Interval", "Bunch")
}

func lossName(name string) bool {
	return oneOf(name, "HalfSquaredError", "AbsoluteError", "PinballLoss", "HalfPoissonLoss", "HalfGammaLoss",
		"LeastSquaresError", "LeastAbsoluteError", "HuberLossFunction", "QuantileLossFunction", "HuberLoss",
		"LeastSquares", "LeastAbsoluteDeviation", "Poisson")
}

// numpyName lists what arrays, scalars, dtypes, elementwise functions and random states are made of.
func numpyName(g global) bool {
	switch strings.Replace(g.module, "numpy._core", "numpy.core", 1) {
	case "numpy":
		return oneOf(g.name, "dtype", "ndarray", "float64", "float32", "int64", "int32", "bool_",
			"log1p", "expm1", "log", "exp", "sqrt", "square")
	case "numpy.core.multiarray", "numpy.core._multiarray_umath":
		return oneOf(g.name, "_reconstruct", "scalar", "log1p", "expm1", "log", "exp", "sqrt", "square")
	case "numpy.core.numeric":
		return g.name == "_frombuffer"
	case "numpy.random._pickle":
		return oneOf(g.name, "__randomstate_ctor", "__bit_generator_ctor", "__generator_ctor")
	case "numpy.random._mt19937":
		return g.name == "MT19937"
	}
	return false
}
