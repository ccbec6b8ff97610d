// Package interop reads regression models that scikit-learn, XGBoost and LightGBM wrote, and predicts
// as they do.
//
// Place: engine. The platform's registry reads a foreign model here when a client registers one, checks
// it against rows with expected predictions, and serves it beside its own.
//
// # Terms
//
// A pickle is Python's serialization: a program for a stack machine that builds values and may call
// anything. A symbol is the name of a class or function in it. An estimator is a fitted model, a
// transformer makes columns for the next estimator, a pipeline is a chain of them. A margin is a
// raw score before the inverse of the link.
//
// # What is read
//
// Pickles of protocols 0 to 5, plain or compressed by zlib or gzip, and joblib files of the same kinds, of
// scikit-learn's linear models, trees, forests, gradient boosting and histogram boosting, of pipelines with the
// usual scalers and encoders, of XGBRegressor and Booster; XGBoost's JSON, UBJSON and old binary files;
// LightGBM's text files and pickled LGBMRegressor.
//
// # Safety
//
// Nothing is executed: the machine knows no call but a handful of constructors written in Go, and a symbol off
// the list is refused by name. Lengths are checked against the bytes at hand before anything is
// allocated, memory is counted against a limit, nesting is bounded, and every index into nodes, features
// and categories is checked before a model is handed out. What is not understood is refused, with the
// name of what was met; no prediction is ever guessed.
//
// # Exactness
//
// Tree models give the predictions of their library to the last bit: scikit-learn's compare values rounded to single
// precision with thresholds in double, XGBoost's add leaves in single precision, in order. Linear models and links
// agree to rounding, since libraries add in other orders.
//
// # Never
//
// The package opens no file, reads no clock, keeps no state. Models are immutable and safe for
// concurrent use; predictions do not depend on threads.
package interop
