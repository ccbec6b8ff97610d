package gbdt

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
)

// The model file; docs/formats/gbdt-model.md describes it.
const (
	fileMagic   = "RUMBOGBT"
	fileVersion = 1

	flagMissingLeft = 1
	flagCategorical = 2
)

// WriteTo writes the model file to w and returns the number of bytes. The same model always gives the same
// bytes.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	b := m.header()
	written := int64(0)
	crc := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	flush := func() error {
		crc.Write(b)
		n, err := w.Write(b)
		written += int64(n)
		b = b[:0]
		return err
	}
	for _, t := range m.trees {
		b = t.append(b)
		if len(b) >= 1<<15 {
			if err := flush(); err != nil {
				return written, err
			}
		}
	}
	if err := flush(); err != nil {
		return written, err
	}
	n, err := w.Write(binary.LittleEndian.AppendUint32(nil, crc.Sum32()))
	return written + int64(n), err
}

func (m *Model) header() []byte {
	le := binary.LittleEndian
	b := append(make([]byte, 0, 1<<16), fileMagic...)
	b = le.AppendUint16(b, fileVersion)
	b = append(b, byte(m.objective), byte(m.target))
	b = appendFloat(b, m.alpha)
	b = appendFloat(b, m.base)
	b = le.AppendUint32(b, uint32(len(m.features)))
	for j, f := range m.features {
		b = append(b, byte(f.Kind))
		b = le.AppendUint16(b, uint16(len(f.Name)))
		b = append(b, f.Name...)
		b = append(b, byte(len(m.binners[j].values)))
		for _, v := range m.binners[j].values {
			b = appendFloat(b, v)
		}
	}
	return le.AppendUint32(b, uint32(len(m.trees)))
}

func (t *tree) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, uint16(len(t.leaves)))
	for i := range t.splits {
		s := &t.splits[i]
		b = le.AppendUint16(b, s.feature)
		flags := byte(0)
		if s.missingLeft {
			flags |= flagMissingLeft
		}
		if s.set >= 0 {
			flags |= flagCategorical
		}
		b = append(b, s.bin, flags)
		b = le.AppendUint16(b, uint16(int16(s.left)))
		b = le.AppendUint16(b, uint16(int16(s.right)))
		b = appendFloat(b, s.gain)
		if s.set >= 0 {
			for _, word := range t.sets[s.set] {
				b = le.AppendUint64(b, word)
			}
		}
	}
	for i, v := range t.leaves {
		b = appendFloat(b, v)
		b = le.AppendUint32(b, t.cover[i])
	}
	return b
}

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}
