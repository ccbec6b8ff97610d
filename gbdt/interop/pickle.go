package interop

import (
	"encoding/binary"
	"math"
)

// machine reads one pickle. It knows protocols 0 to 5 and does nothing but make values: opcodes that call
// make inert objects, opcodes that fetch from elsewhere are refused.
type machine struct {
	in     []byte
	pos    int
	stack  []any
	marks  []int // stack heights at marks
	memo   map[uint32]any
	budget *budget
}

// valueCost estimates the memory of an opcode's value.
const valueCost = 64

func newMachine(in []byte, b *budget) *machine {
	return &machine{in: in, memo: make(map[uint32]any), budget: b}
}

// load reads one pickle from m.pos on and returns its value.
func (m *machine) load() any {
	defer m.budget.enter()()
	base, marks := len(m.stack), len(m.marks)
	for {
		op := m.byte()
		m.budget.spend(valueCost)
		if op == '.' {
			v := m.pop()
			require(len(m.stack) == base && len(m.marks) == marks, "pickle that leaves values behind")
			return v
		}
		if !m.scalarOp(op) && !m.containerOp(op) && !m.memoOp(op) && !m.objectOp(op) {
			refuse("pickle opcode %#02x", op)
		}
		require(len(m.stack) >= base, "pickle that takes more than it has")
	}
}

func (m *machine) byte() byte { return m.take(1)[0] }

// take is the next n bytes, which stay part of the file.
func (m *machine) take(n uint64) []byte {
	require(n <= uint64(len(m.in)-m.pos), "pickle cut short")
	b := m.in[m.pos : m.pos+int(n) : m.pos+int(n)]
	m.pos += int(n)
	return b
}

func (m *machine) u16() uint16 { return binary.LittleEndian.Uint16(m.take(2)) }
func (m *machine) u32() uint32 { return binary.LittleEndian.Uint32(m.take(4)) }
func (m *machine) u64() uint64 { return binary.LittleEndian.Uint64(m.take(8)) }

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

func (m *machine) top() any {
	require(len(m.stack) > 0, "pickle that takes more than it has")
	v := m.stack[len(m.stack)-1]
	_, isMark := v.(mark)
	require(!isMark, "pickle that takes a mark for a value")
	return v
}

func (m *machine) pop() any {
	v := m.top()
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

// popMark takes all values down to the last mark.
func (m *machine) popMark() []any {
	require(len(m.marks) > 0, "pickle without a mark")
	at := m.marks[len(m.marks)-1]
	m.marks = m.marks[:len(m.marks)-1]
	require(at < len(m.stack), "pickle whose mark is gone")
	_, isMark := m.stack[at].(mark)
	require(isMark, "pickle whose mark is gone")
	m.budget.spend(16 * (len(m.stack) - at))
	items := append([]any(nil), m.stack[at+1:]...)
	m.stack = m.stack[:at]
	return items
}

// scalarOp pushes a value that stands in the file.
func (m *machine) scalarOp(op byte) bool {
	switch op {
	case 'N':
		m.push(nil)
	case 0x88, 0x89:
		m.push(op == 0x88)
	case 'J':
		m.push(int64(int32(m.u32())))
	case 'K':
		m.push(int64(m.byte()))
	case 'M':
		m.push(int64(m.u16()))
	case 0x8a: // LONG1
		m.push(m.long(uint64(m.byte())))
	case 0x8b: // LONG4
		m.push(m.long(uint64(m.u32())))
	case 'G':
		m.push(math.Float64frombits(binary.BigEndian.Uint64(m.take(8))))
	case 'X':
		m.push(m.text(uint64(m.u32())))
	case 0x8c: // SHORT_BINUNICODE
		m.push(m.text(uint64(m.byte())))
	case 0x8d: // BINUNICODE8
		m.push(m.text(m.u64()))
	case 'B', 'T':
		m.push(m.take(uint64(m.u32())))
	case 'C', 'U':
		m.push(m.take(uint64(m.byte())))
	case 0x8e, 0x96: // BINBYTES8, BYTEARRAY8
		m.push(m.take(m.u64()))
	case 'I', 'L', 'F', 'S', 'V':
		m.push(m.lineValue(op))
	default:
		return false
	}
	return true
}

func (m *machine) text(n uint64) string {
	b := m.take(n)
	m.budget.spend(len(b))
	return string(b)
}

// long is a whole number of n bytes, two's complement.
func (m *machine) long(n uint64) any {
	b := m.take(n)
	if len(b) > 8 {
		return hugeInt{}
	}
	var word [8]byte
	copy(word[:], b)
	if len(b) > 0 && b[len(b)-1] >= 0x80 {
		for i := len(b); i < 8; i++ {
			word[i] = 0xff
		}
	}
	return int64(binary.LittleEndian.Uint64(word[:]))
}

// containerOp makes and fills tuples, lists, sets and dictionaries.
func (m *machine) containerOp(op byte) bool {
	switch op {
	case '(':
		m.marks = append(m.marks, len(m.stack))
		m.push(mark{})
	case ')':
		m.push(tuple{})
	case 't':
		m.push(tuple(m.popMark()))
	case 0x85, 0x86, 0x87:
		n := int(op - 0x84)
		items := make(tuple, n)
		for i := n - 1; i >= 0; i-- {
			items[i] = m.pop()
		}
		m.push(items)
	case ']', 0x8f:
		m.push(&list{})
	case 'l', 0x91: // LIST, FROZENSET
		m.push(&list{items: m.popMark()})
	case '}':
		m.push(&dict{})
	case 'd':
		items := m.popMark()
		d := &dict{}
		d.set(items)
		m.push(d)
	case 'a':
		v := m.pop()
		m.appendTo(v)
	case 'e', 0x90: // APPENDS, ADDITEMS
		m.appendTo(m.popMark()...)
	case 's':
		v, k := m.pop(), m.pop()
		m.setOn(k, v)
	case 'u':
		m.setOn(m.popMark()...)
	default:
		return false
	}
	return true
}

func (m *machine) appendTo(items ...any) {
	m.budget.spend(32 * len(items))
	switch o := m.top().(type) {
	case *list:
		o.items = append(o.items, items...)
	case *object:
		o.list.items = append(o.list.items, items...)
	default:
		refuse("items appended to a %s", typeName(o))
	}
}

func (m *machine) setOn(pairs ...any) {
	m.budget.spend(32 * len(pairs))
	switch o := m.top().(type) {
	case *dict:
		o.set(pairs)
	case *object:
		o.dict.set(pairs)
	default:
		refuse("items set on a %s", typeName(o))
	}
}

func (d *dict) set(pairs []any) {
	require(len(pairs)%2 == 0, "dictionary with a key and no value")
	for i := 0; i < len(pairs); i += 2 {
		d.keys = append(d.keys, pairs[i])
		d.values = append(d.values, pairs[i+1])
	}
}

// memoOp remembers and recalls values, and tidies the stack.
func (m *machine) memoOp(op byte) bool {
	switch op {
	case 'q':
		m.memo[uint32(m.byte())] = m.top()
	case 'r':
		m.memo[m.u32()] = m.top()
	case 'p':
		m.memo[m.lineIndex()] = m.top()
	case 0x94: // MEMOIZE
		m.memo[uint32(len(m.memo))] = m.top()
	case 'h':
		m.recall(uint32(m.byte()))
	case 'j':
		m.recall(m.u32())
	case 'g':
		m.recall(m.lineIndex())
	case '0':
		m.pop()
	case '1':
		m.popMark()
	case '2':
		m.push(m.top())
	case 0x80: // PROTO
		v := m.byte()
		require(v <= 5, "pickle protocol %d", v)
	case 0x95: // FRAME
		m.take(8)
	default:
		return false
	}
	return true
}

func (m *machine) recall(index uint32) {
	v, ok := m.memo[index]
	require(ok, "pickle that recalls what it did not keep")
	m.push(v)
}

// objectOp names symbols and stands for calls.
func (m *machine) objectOp(op byte) bool {
	switch op {
	case 'c':
		module, name := m.line(), m.line()
		m.push(symbol(string(module), string(name)))
	case 0x93: // STACK_GLOBAL
		name, ok1 := m.pop().(string)
		module, ok2 := m.pop().(string)
		require(ok1 && ok2, "a symbol that is not named by text")
		m.push(symbol(module, name))
	case 'R', 0x81: // REDUCE, NEWOBJ
		args, class := m.pop(), m.pop()
		m.push(m.construct(class, args))
	case 0x92: // NEWOBJ_EX
		m.pop()
		args, class := m.pop(), m.pop()
		m.push(m.construct(class, args))
	case 'b':
		state := m.pop()
		m.build(state)
	default:
		return false
	}
	return true
}

func symbol(module, name string) global {
	g := global{module, name}
	require(allowed(g), "symbol %.80q", g.String())
	return g
}
