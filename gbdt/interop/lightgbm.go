package interop

func (b *builder) lightGBM(in []byte) *Model { refuse("LightGBM"); return nil }
func lightGBMText(o *object) []byte          { refuse("LightGBM"); return nil }
