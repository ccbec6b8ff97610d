// Package gbdt learns regression functions from tables of numbers with gradient boosted decision
// trees, and evaluates them quickly.
//
// Place: engine. The platform's training stage hands it features and targets (seconds); its
// prediction stage asks the resulting Model for times and their quantiles.
//
// # Terms
//
// A feature is one column of the table; a row is one observation. A numeric feature is cut at up to
// 254 thresholds into at most 255 bins; bin 255 holds missing values (NaN). A categorical feature
// holds non-negative whole numbers; its 255 most frequent values have a bin each, and rare, unseen and
// missing values share bin 255. A Dataset is the binned table. A tree is a set of splits and
// leaves; a leaf holds a value in raw units, learning rate included. The raw score of a row is the
// model's base plus the value of one leaf of every tree; the prediction is the raw score taken
// through the inverse of the target transform (Log1p: expm1) or the objective's link (Poisson: exp).
// The gain of a split is the fall of the quadratic approximation of the loss, in squared raw units.
//
// # Method
//
// Trees grow leaf by leaf, always the leaf of greatest gain, from histograms of gradients
// (Ke et al. 2017, LightGBM, NIPS 30) with the second-order gain and leaf value of Chen & Guestrin
// 2016 (XGBoost, doi:10.1145/2939672.2939785). The smaller child of a split is scanned, the larger is
// its parent less its sibling. Gradients are rounded once a tree to integers of up to 31 bits, and the row count
// rides in the low bits of the same 64-bit word: one addition a row and feature, sums that are exact in
// any order, half the cache (the integers are our take on Shi et al. 2022, Quantized Training of Gradient
// Boosting Decision Trees, NeurIPS 35, at a precision where rounding is lost in the noise).
// Quantile and absolute-error trees get their leaf values from the residuals of the leaf
// (Friedman 2001, doi:10.1214/aos/1013203451). Missing values go to the side that gains
// more; where a node met none, to the side with more rows. Categories are ordered by mean gradient
// and split into two sets (Fisher 1958, doi:10.1080/01621459.1958.10501479).
//
// Prediction codes a row as bins once and meets, tree by tree, bit masks of the leaves that each
// feature leaves in reach (after Lucchese et al. 2015, doi:10.1145/2766462.2767733), eight trees at a look.
// Explain gives Shapley values (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9).
//
// # Determinism
//
// The same data, parameters and architecture give the same model bytes whatever the number of threads or GOMAXPROCS:
// integer sums do not depend on order, and floating-point sums run over chunks of fixed size
// added in row order.
//
// # Concurrency
//
// A Dataset is read-only after NewDataset and may train several models at once. A Model is
// immutable and safe for concurrent prediction.
//
// # Never
//
// The package opens no file, reads no clock, logs nothing and keeps no package state. Reading a
// model executes nothing and allocates in proportion to the bytes really received.
//
// The model file is described in docs/formats/gbdt-model.md. See the example of Train to begin.
package gbdt
