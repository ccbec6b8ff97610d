// Package registry keeps trained models: every version for ever, and which of them
// is in use.
//
// Place in the walk: stage 5 of 8. In: a [model.Bundle] with the account that train
// gave of it. Out: the champion, ready to predict with. Everything lives in blobs; no
// SQL is involved, so a bucket can be copied, backed up or read by itself.
//
// # Terms
//
//   - version: one immutable model, numbered from 1 within its name. It is complete
//     or absent: the description is written last, and a version without one is not
//     listed. Numbers of interrupted additions are not used again.
//
//   - key: what an addition stands for (the run that trained it). Adding again under
//     the same key finds the version that is there.
//
//   - champion: the version that plans and predictions use. Its history is a row of
//     numbered objects, each created only if new; the highest decides. Two
//     promotions at once cannot both follow the same champion.
//
//   - gate: only a version that passed its verdict is promoted.
//
//   - correction: what recent trips say against a version, see model.Correction. It is
//     kept beside the version, which stays as it is; the highest number is in use.
//
//   - foreign model: one that another library trained. It is kept as it came, beside
//     ours, and accepted only if it predicts here what it predicts there.
//
// # Objects
//
//	models/<name>/versions/<number>/model.bin   docs/formats/travel-model.md, or a foreign file
//	models/<name>/versions/<number>/card.md     the description for people
//	models/<name>/versions/<number>/meta.json   description, checksum, verdict
//	models/<name>/versions/<number>/corrections/<number>.json
//	models/<name>/champion/<number>.json        version, time, reason
//
// # Loading
//
// A model is checked against the checksum in its description and against the feature
// definitions of the running program before it is used. [Registry.Champion] notices
// a new champion, or a new correction of it, within a second of the clock; when that
// cannot be loaded it goes on with the last one that could, and says so.
//
// # What it never does
//
// It deletes nothing, changes nothing once written, trains nothing and logs nothing.
// A Registry is safe for concurrent use, also beside others on the same bucket.
// Faults are *rumbo.Error: NotFound, NoModel, Conflict, Corrupt, Invalid.
package registry
