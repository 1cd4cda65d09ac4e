package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ── published vectors ──────────────────────────────────────────────────────────────────────────────────────────────

func TestTreeHeadsOfCertificateTransparency(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var hashes []tlog.Hash
	for size, want := range roots {
		root := treeHead(hashes)
		equal(t, fmt.Sprintf("root of size %d", size), fmt.Sprintf("%x", root[:]), want)
		if size < len(leaves) {
			hashes = append(hashes, tlog.RecordHash(unhex(t, leaves[size])))
		}
	}
}

// The accumulated vectors: SHA-256 over one line for each root, inclusion proof and consistency proof up to 130 leaves.
func TestAccumulatedRootsAndProofs(t *testing.T) {
	line := func(w io.Writer, hashes []tlog.Hash, numbers ...int64) {
		parts := strings.Split(strings.Trim(fmt.Sprint(numbers), "[]"), " ")
		for _, h := range hashes {
			parts = append(parts, fmt.Sprintf("%x", h[:]))
		}
		fmt.Fprintln(w, strings.Join(parts, " "))
	}
	roots, inclusion, consistency := sha256.New(), sha256.New(), sha256.New()
	var leaves []tlog.Hash
	var tr tree
	for n := int64(0); n <= 130; n++ {
		root := must(tr.root(n))
		equal(t, "tree and RFC text agree", root, treeHead(leaves))
		line(roots, []tlog.Hash{root}, n)
		for i := int64(0); i < n; i++ {
			proof := must(tlog.ProveRecord(n, i, &tr))
			equal(t, fmt.Sprintf("length of the path of %d in %d", i, n), pathLength(i, n), len(proof))
			line(inclusion, proof, i, n)
		}
		for m := int64(1); m <= n; m++ {
			line(consistency, must(tlog.ProveTree(n, m, &tr)), m, n)
		}
		leaf := tlog.RecordHash([]byte{byte(n)})
		leaves = append(leaves, leaf)
		tr.add(leaf)
	}
	equal(t, "roots", fmt.Sprintf("%x", roots.Sum(nil)), "9c67f07f906103b6bf201842a50ff0b8c91fca9b3e211334a6b7aa3133165dec")
	equal(t, "inclusion", fmt.Sprintf("%x", inclusion.Sum(nil)), "893ce6eea61adc33c22c0e3a952498b76dfa3c282e78ac659f6fcc0ea44f9983")
	equal(t, "consistency", fmt.Sprintf("%x", consistency.Sum(nil)), "2498232e1aebe8d1aa8d339d897fc471f4495fe0b8a55ac08f7dae3d88bc4c2a")
}

func TestTilesOfSeventyThousand(t *testing.T) {
	var tr tree
	var leaves []tlog.Hash
	for i := 0; i < 70000; i++ {
		leaves = append(leaves, tlog.RecordHash([]byte(fmt.Sprint(i))))
		tr.add(leaves[i])
	}
	equal(t, "root", must(tr.root(70000)), treeHead(leaves))
	equal(t, "root of a prefix", must(tr.root(65537)), treeHead(leaves[:65537]))
	equal(t, "hash on level 1", tr.levels[1][272], treeHead(leaves[272*256:273*256]))
	equal(t, "hash on level 2", tr.levels[2][0], treeHead(leaves[:65536]))
	last := func(dir string, count int64) string {
		tiles := tilesOf(dir, count)
		return fmt.Sprint(len(tiles), " ", tiles[len(tiles)-1].path())
	}
	equal(t, "level 0", last("tile/0", int64(len(tr.levels[0]))), "274 tile/0/273.p/112")
	equal(t, "level 1", last("tile/1", int64(len(tr.levels[1]))), "2 tile/1/001.p/17")
	equal(t, "level 2", last("tile/2", int64(len(tr.levels[2]))), "1 tile/2/000.p/1")
	equal(t, "long name", tile{"tile/0", 1234067, 256}.path(), "tile/0/x001/x234/067")
	equal(t, "two groups", tile{"tile/0", 1000, 7}.path(), "tile/0/x001/000.p/7")
}

const tesseraKey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
const tesseraCheckpoint = `example.com/log/testdata
15
rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

— example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=
`

func TestTesseraCheckpoint(t *testing.T) {
	cp := must(openCheckpoint([]byte(tesseraCheckpoint), must(note.NewVerifier(tesseraKey))))
	equal(t, "size", cp.size, 15)
	var tr tree
	for _, text := range strings.Fields("one two three four five six seven eit nain ten ileven twelf threeten fourten fivten") {
		tr.add(tlog.RecordHash([]byte(text)))
	}
	equal(t, "root", must(tr.root(15)), cp.root)
}

// The vector with a witness: the log's key is the only one known, the cosignature is passed over.
func TestCosignedVector(t *testing.T) {
	log := must(note.NewVerifier("ledger.example/tenant-1+fc6bee99+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"))
	equal(t, "log key", newKey("ledger.example/tenant-1", 0).vkey, "ledger.example/tenant-1+fc6bee99+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
	logLine := "— ledger.example/tenant-1 /GvumShYJNmDke9UR+iHF2i7JbU0kaYmCWjr7Hp3FyA0vlqF6BYolhPlBFuUXEh4ffoIIiOqlPP4vSxuSxtKJvoOIA0=\n"
	witnessLine := "— witness.example/w1 IDJKvgAAAABlU/EA3iSP6fzhaXfYukId4TdNjNlz3cBFCov8DGLeIAdGxD83z2U6AROnXjQhaxgKQ296T2rKNcEsZOOs4k1Y7u/NAw==\n"
	body := "ledger.example/tenant-1\n3\ncuDRdZjUDBQ/FOv7BeLFxN3Wvr8WXzVpRDrEaViH0wI=\n\n"

	cp := must(openCheckpoint([]byte(body+logLine+witnessLine), log))
	var tr tree
	bundle := unhex(t, "00076576656e74203000076576656e74203100076576656e742032")
	for ; len(bundle) > 0; bundle = bundle[2+binary.BigEndian.Uint16(bundle):] {
		tr.add(tlog.RecordHash(bundle[2 : 2+binary.BigEndian.Uint16(bundle)]))
	}
	for i, want := range []string{
		"a344deda6399e079700f18caccc174ed11ef1b1d164271e3a95d82c734466977",
		"189a944dd1bd99ed6685a75670d57a64591e901d32714d6f6c58e55d8a9edb46",
		"9b0b2f1d58bf086890b4146f09efa42ca13e525aa03393921560c5814ff53088",
	} {
		equal(t, "hash tile", fmt.Sprintf("%x", tr.levels[0][i][:]), want)
	}
	equal(t, "root", must(tr.root(3)), cp.root)
	equal(t, "root of size 2", must(tr.root(2)).String(), "lZegCMOZEI3cZ/iBYp372ha+Y/y3S0KJL3Sd3gjTNko=")
	equal(t, "path of 1", fmt.Sprint(must(tlog.ProveRecord(3, 1, &tr))),
		"[o0Te2mOZ4HlwDxjKzMF07RHvGx0WQnHjqV2CxzRGaXc= mwsvHVi/CGiQtBRvCe+kLKE+UlqgM5OSFWDFgU/1MIg=]")

	for name, msg := range map[string]string{
		"cosignature only":               body + witnessLine,
		"cosignature before the log's":   body + witnessLine + logLine,
		"signature in loose base64":      body + strings.Replace(logLine, "IA0=", "IA1=", 1),
		"no signature":                   body,
		"another size":                   strings.Replace(body, "\n3\n", "\n4\n", 1) + logLine,
		"text after the last signature":  body + logLine + "x",
		"carriage returns in the ending": body + strings.Replace(logLine, "\n", "\r\n", 1),
	} {
		if _, err := openCheckpoint([]byte(msg), log); err == nil {
			t.Errorf("accepted: %s", name)
		}
	}
}

func TestCheckpointBodies(t *testing.T) {
	root := "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	must(parseCheckpointBody("o\n0\n"+root+"\n", "o"))
	if _, err := parseCheckpointBody("o/batch\n0\n"+root+"\n", "o/batch"); err == nil {
		t.Error("accepted: an origin that names an author's statement")
	}
	for name, body := range map[string]string{
		"another origin":    "p\n0\n" + root + "\n",
		"two lines":         "o\n0\n",
		"an extension line": "o\n0\n" + root + "\nextension\n",
		"an empty line":     "o\n0\n" + root + "\n\n",
		"no last newline":   "o\n0\n" + root,
		"a leading zero":    "o\n00\n" + root + "\n",
		"a sign":            "o\n+1\n" + root + "\n",
		"a negative size":   "o\n-1\n" + root + "\n",
		"a huge size":       "o\n9223372036854775807\n" + root + "\n",
		"no number":         "o\n\n" + root + "\n",
		"a loose root":      "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
		"an unpadded root":  "o\n0\n" + root[:43] + "\n",
		"a short root":      "o\n0\nAAAA\n",
	} {
		if _, err := parseCheckpointBody(body, "o"); err == nil {
			t.Errorf("accepted: %s", name)
		}
	}
}

// ── a little ledger of our own ─────────────────────────────────────────────────────────────────────────────────────

const origin = "ledger.example.org/l/test"

type key struct {
	private ed25519.PrivateKey
	vkey    string
	signer  note.Signer
}

// newKey makes the key whose seed is seed, seed+1, ….
func newKey(name string, seed byte) key {
	bytes32 := make([]byte, 32)
	for i := range bytes32 {
		bytes32[i] = seed + byte(i)
	}
	private := ed25519.NewKeyFromSeed(bytes32)
	vkey := must(note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey)))
	id := strings.Split(vkey, "+")[1]
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, id, base64.StdEncoding.EncodeToString(append([]byte{1}, bytes32...)))
	return key{private, vkey, must(note.NewSigner(skey))}
}

var logKey, authorKey = newKey(origin, 0), newKey("author", 64)

// A ledger is everything a folder or server could hold, by path, and the parts it was made of.
type ledger struct {
	entries [][]byte
	events  [][][]byte // by entry
	leaves  []tlog.Hash
	files   map[string][]byte
}

// newLedger has size entries of 1, 2, 3, 4, 5, 1, 2, … events; every seventh event is withheld. edit may spoil an entry
// before it is logged.
func newLedger(size int, edit func(index int, entry []byte)) *ledger {
	l := &ledger{files: map[string][]byte{}}
	var records [][]byte
	position, recordedAt := 0, 1_700_000_000_000_000
	for i := 0; i < size; i++ {
		var events [][]byte
		var leaves []tlog.Hash
		var items []byte
		for j := 0; j < i%5+1; j++ {
			event := []byte(fmt.Sprintf("....CLEV event %d of entry %d", j, i))
			leaf := tlog.RecordHash(event)
			if (position+j)%7 == 6 {
				items = append(append(items, 1, 32, 0, 0, 0), leaf[:]...)
			} else {
				items = append(append(items, 0, byte(len(event)), 0, 0, 0), event...)
			}
			events, leaves = append(events, event), append(leaves, leaf)
		}
		entry := newEntry(len(events), position, recordedAt, treeHead(leaves))
		if edit != nil {
			edit(i, entry)
		}
		l.entries, l.events = append(l.entries, entry), append(l.events, events)
		l.leaves = append(l.leaves, tlog.RecordHash(entry))
		records = append(records, append(append([]byte(nil), entry...), items...))
		position, recordedAt = position+len(events), recordedAt+i%3
	}
	for size := int64(size); size > 0; size = 0 {
		l.put("tile/entries", size, func(i int64) []byte { return append([]byte{0, 152}, l.entries[i]...) })
		l.put("batch", size, func(i int64) []byte {
			return append(binary.LittleEndian.AppendUint32(nil, uint32(len(records[i]))), records[i]...)
		})
		for level := 0; size>>(8*level) > 0; level++ {
			l.put(fmt.Sprintf("tile/%d", level), size>>(8*level), func(i int64) []byte {
				hash := treeHead(l.leaves[i<<(8*level) : (i+1)<<(8*level)])
				return hash[:]
			})
		}
	}
	l.files["checkpoint"] = l.checkpoint(size)
	return l
}

func newEntry(count, position, recordedAt int, root tlog.Hash) []byte {
	entry := binary.LittleEndian.AppendUint32(nil, 1)
	entry = binary.LittleEndian.AppendUint32(entry, uint32(count))
	entry = binary.LittleEndian.AppendUint64(entry, uint64(position))
	entry = binary.LittleEndian.AppendUint64(entry, uint64(recordedAt))
	entry = append(entry, authorKey.private.Public().(ed25519.PublicKey)...)
	entry = append(entry, root[:]...)
	statement := fmt.Sprintf("ledger.example.org/l/test/batch\n%d\n%v\n", count, root)
	return append(entry, ed25519.Sign(authorKey.private, []byte(statement))...)
}

func (l *ledger) put(dir string, count int64, thing func(int64) []byte) {
	for i := int64(0); i < count; i += 256 {
		path, end := fmt.Sprintf("%s/%03d", dir, i/256), i+256
		if end > count {
			path, end = fmt.Sprintf("%s.p/%d", path, count-i), count
		}
		for j := i; j < end; j++ {
			l.files[path] = append(l.files[path], thing(j)...)
		}
	}
}

func (l *ledger) checkpoint(size int) []byte { return signCheckpoint(size, treeHead(l.leaves[:size])) }

func signCheckpoint(size int, root tlog.Hash) []byte {
	return must(note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%v\n", origin, size, root)}, logKey.signer))
}

// receipt is for a whole batch, or for one of its events when event is not negative.
func (l *ledger) receipt(index, event int) string {
	extra := append([]byte(nil), l.entries[index]...)
	if event >= 0 {
		var inner tree
		for _, e := range l.events[index] {
			inner.add(tlog.RecordHash(e))
		}
		extra = binary.LittleEndian.AppendUint32(extra, uint32(event))
		for _, h := range must(tlog.ProveRecord(int64(len(l.events[index])), int64(event), &inner)) {
			extra = append(extra, h[:]...)
		}
	}
	var outer tree
	for _, leaf := range l.leaves {
		outer.add(leaf)
	}
	text := fmt.Sprintf("c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n", base64.StdEncoding.EncodeToString(extra), index)
	for _, h := range must(tlog.ProveRecord(int64(len(l.leaves)), int64(index), &outer)) {
		text += h.String() + "\n"
	}
	return text + "\n" + string(l.files["checkpoint"])
}

func (l *ledger) write(t *testing.T) string {
	dir := t.TempDir()
	for path, data := range l.files {
		write(t, filepath.Join(dir, path), data)
	}
	return dir
}

// serve is a strict server: the exact path or 404.
func (l *ledger) serve(t *testing.T) (url string, files map[string][]byte) {
	files = map[string][]byte{}
	for path, data := range l.files {
		if !strings.HasPrefix(path, "batch/") {
			files["/"+path] = data
		}
	}
	return serve(t, func(w http.ResponseWriter, path string) {
		if data, ok := files[path]; ok {
			w.Write(data)
		} else {
			w.WriteHeader(404)
		}
	}), files
}

func serve(t *testing.T, answer func(http.ResponseWriter, string)) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r.RequestURI) }))
	t.Cleanup(server.Close)
	return server.URL
}

// ── walk ───────────────────────────────────────────────────────────────────────────────────────────────────────────

func TestWalkAndBundleAcceptEverySize(t *testing.T) {
	for _, size := range []int{0, 1, 2, 255, 256, 257, 600} {
		l := newLedger(size, nil)
		positions := 0
		for _, events := range l.events {
			positions += len(events)
		}
		want := fmt.Sprintf("ok size=%d positions=%d root=%v", size, positions, treeHead(l.leaves))
		url, _ := l.serve(t)
		dir := l.write(t)
		expect(t, 0, want+"\n", "walk", "--vkey", logKey.vkey, url)
		expect(t, 0, want+"\n", "walk", "--vkey", logKey.vkey, url+"/")
		expect(t, 0, want+"\n", "walk", "--vkey", logKey.vkey, dir)
		expect(t, 0, fmt.Sprintf("%s withheld=%d\n", want, positions/7), "bundle", "--vkey", logKey.vkey, dir)
	}
}

func TestEveryFlippedByteIsFound(t *testing.T) {
	l := newLedger(6, nil)
	dir := l.write(t)
	for path, data := range l.files {
		file := filepath.Join(dir, path)
		for i := range data {
			spoilt := append([]byte(nil), data...)
			spoilt[i] ^= 1 << (i % 8)
			write(t, file, spoilt)
			if got, out := call("bundle", "--vkey", logKey.vkey, dir); got != 3 {
				t.Errorf("byte %d of %s flipped: status %d: %s", i, path, got, out)
			}
		}
		for name, spoilt := range map[string][]byte{"a byte less": data[:len(data)-1], "a byte more": append(data[:len(data):len(data)], 0)} {
			write(t, file, spoilt)
			if got, out := call("bundle", "--vkey", logKey.vkey, dir); got != 3 {
				t.Errorf("%s: %s: status %d: %s", path, name, got, out)
			}
		}
		write(t, file, data)
	}
	expect(t, 0, "ok", "bundle", "--vkey", logKey.vkey, dir)
}

func TestAFlippedByteOnAHigherLevelIsNamed(t *testing.T) {
	l := newLedger(600, nil)
	l.files["tile/1/000.p/2"][32] ^= 1
	expect(t, 3, "tile/1/000.p/2: hash 1 is ", "walk", "--vkey", logKey.vkey, l.write(t))
	l.files["tile/1/000.p/2"][32] ^= 1
	l.files["tile/0/001"][5*32] ^= 1
	expect(t, 3, "tile/0/001: hash 5 is ", "walk", "--vkey", logKey.vkey, l.write(t))
	l.files["tile/0/001"][5*32] ^= 1
	l.files["tile/entries/001"][5*154+1] ^= 1
	expect(t, 3, "tile/entries/001: entry 261 has 153 bytes", "walk", "--vkey", logKey.vkey, l.write(t))
}

// Logs that are well signed and hashed, with an entry that breaks a rule.
func TestEntriesThatBreakTheRules(t *testing.T) {
	put32 := binary.LittleEndian.PutUint32
	put64 := binary.LittleEndian.PutUint64
	for _, c := range []struct {
		wanted string
		edit   func(entry []byte)
	}{
		{"format 2, wanted 1", func(e []byte) { put32(e, 2) }},
		{"count 0, wanted 1 to 1024", func(e []byte) { copy(e, newEntry(0, 3, 1_700_000_000_000_001, treeHead(nil))) }},
		{"count 1025, wanted 1 to 1024", func(e []byte) { copy(e, newEntry(1025, 3, 1_700_000_000_000_001, treeHead(nil))) }},
		{"first_position 4, wanted 3", func(e []byte) { put64(e[8:], 4) }},
		{"recorded_at 1699999999999999 is earlier", func(e []byte) { put64(e[16:], 1_699_999_999_999_999) }},
		{"recorded_at -1 lies before the epoch", func(e []byte) { put64(e[16:], ^uint64(0)) }},
		{"the author's signature does not verify", func(e []byte) { e[151] ^= 1 }},
		{"the author's signature does not verify", func(e []byte) { put32(e[4:], 4) }}, // another count than was signed
	} {
		l := newLedger(5, func(index int, entry []byte) {
			if index == 2 {
				c.edit(entry)
			}
		})
		expect(t, 3, "tile/entries/000.p/5: entry 2: "+c.wanted, "walk", "--vkey", logKey.vkey, l.write(t))
	}
}

func TestTheLimitsThemselvesAreAccepted(t *testing.T) {
	equal(t, "count", must(parseEntry(newEntry(1024, 0, 0, tlog.Hash{1}), origin)).count, 1024)
	for _, length := range []int{8, 32768} {
		event := make([]byte, length)
		copy(event, "....CLEV")
		must(eventLeaf(event))
	}
	l := newLedger(1, nil)
	proof := filepath.Join(t.TempDir(), "r.tlog-proof")
	write(t, proof, []byte(l.receipt(0, 0))) // both paths are empty
	expect(t, 0, "ok logged index=0 size=1 ", "receipt", "--vkey", logKey.vkey, proof)
}

func TestAnswersThatAreNot404(t *testing.T) {
	l := newLedger(300, nil)
	for _, path := range []string{
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/entries/000.p/256", "tile/0/0000", "tile/0/x000", "tile/0/x000/000", "tile/0/00",
		"tile/00/000", "tile/data/000", "tile/64/000", "tile/../checkpoint", "tile/0/%2e%2e/%2e%2e/checkpoint",
		"tile/0/001.p/45", "tile/entries/001.p/45", "tile/0/001", "tile/entries/002.p/1", "tile/1/000.p/2", "tile/1/000", "tile/2/000.p/1",
	} {
		url, files := l.serve(t)
		files["/"+path] = []byte("x")
		expect(t, 3, "GET /"+path+": status 200", "walk", "--vkey", logKey.vkey, url)
	}
	url, files := l.serve(t)
	redirecting := serve(t, func(w http.ResponseWriter, path string) {
		if data, ok := files[path]; ok {
			w.Write(data)
			return
		}
		w.Header().Set("Location", url)
		w.WriteHeader(301)
	})
	expect(t, 3, "status 301, wanted 404", "walk", "--vkey", logKey.vkey, redirecting)
}

func TestALogThatGrowsDuringTheWalk(t *testing.T) {
	small, grown := newLedger(250, nil), newLedger(257, nil)
	_, files := grown.serve(t)
	read := 0
	url := serve(t, func(w http.ResponseWriter, path string) {
		if path == "/checkpoint" {
			if read++; read == 1 {
				w.Write(small.files["checkpoint"])
				return
			}
		}
		if data, ok := files[path]; ok { // no partial tile of 250 any more, but the full one
			w.Write(data)
		} else {
			w.WriteHeader(404)
		}
	})
	expect(t, 0, "ok size=250 ", "walk", "--vkey", logKey.vkey, url)
}

func TestUnreadableIsNotWrongButMissingIs(t *testing.T) {
	l := newLedger(3, nil)
	for path, want := range map[string]int{"checkpoint": 1, "tile/0/000.p/3": 3, "tile/entries/000.p/3": 3, "batch/000.p/3": 3} {
		dir := l.write(t)
		must(0, os.Remove(filepath.Join(dir, path)))
		expect(t, want, path, "bundle", "--vkey", logKey.vkey, dir)
	}
	expect(t, 1, "nothing there", "walk", "--vkey", logKey.vkey, filepath.Join(t.TempDir(), "absent"))
	expect(t, 1, "status 401", "walk", "--vkey", logKey.vkey, serve(t, func(w http.ResponseWriter, path string) {
		if path == "/checkpoint" {
			w.Write(l.files["checkpoint"])
		} else {
			w.WriteHeader(401)
		}
	}))
	closed := httptest.NewServer(nil)
	closed.Close()
	expect(t, 1, "refused", "walk", "--vkey", logKey.vkey, closed.URL)
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		nil, {"walk"}, {"walk", "--vkey", logKey.vkey}, {"walk", "--vkey", logKey.vkey, "a", "b"}, {"other", "--vkey", logKey.vkey, "a"},
		{"walk", "--vkey", logKey.vkey, "--event", "e", "a"}, {"consistency", "--vkey", logKey.vkey, "a"}, {"walk", "--vkey", "nonsense", "a"},
		// A cosignature key (0x04) is no log key.
		{"walk", "--vkey", "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X", "a"},
	} {
		if status, out := call(args...); status != 2 {
			t.Errorf("%q: status %d: %s", args, status, out)
		}
	}
}

// ── bundle ─────────────────────────────────────────────────────────────────────────────────────────────────────────

func TestStoredRecordsThatDiffer(t *testing.T) {
	l := newLedger(3, nil)
	e := must(parseEntry(l.entries[2], origin)) // of 3 events, positions 3, 4, 5
	item := func(kind byte, data []byte) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(data))), data...)
	}
	leaf := tlog.RecordHash(l.events[2][0])
	first, second, third := item(0, l.events[2][0]), item(0, l.events[2][1]), item(0, l.events[2][2])
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	equal(t, "withheld", must(checkStored(join(e.raw, first, second, third), e)), 0)
	equal(t, "withheld", must(checkStored(join(e.raw, item(1, leaf[:]), second, third), e)), 1)
	for _, c := range []struct {
		wanted string
		record []byte
	}{
		{"does not begin with the log's entry", join(l.entries[1], first, second, third)},
		{"does not begin with the log's entry", e.raw[:100]},
		{"batch root: ", join(e.raw, second, first, third)},
		{"item 2 is cut off", join(e.raw, first, second)},
		{"item 2 is cut off", join(e.raw, first, second, third[:len(third)-1])},
		{"bytes after the last item", join(e.raw, first, second, third, third)},
		{"item 0: kind 2", join(e.raw, item(2, leaf[:]), second, third)},
		{"item 0: kind 1 of 31 bytes", join(e.raw, item(1, leaf[:31]), second, third)},
		{"item 0: not an event", join(e.raw, item(0, []byte("....CLBT")), second, third)},
		{"item 0: not an event", join(e.raw, item(0, nil), second, third)},
		{"item 0: event of 32769 bytes, at most 32", join(e.raw, item(0, make([]byte, 32769)), second, third)},
	} {
		_, err := checkStored(c.record, e)
		if err == nil || !strings.Contains(err.Error(), c.wanted) {
			t.Errorf("wanted %q: %v", c.wanted, err)
		}
	}
}

// ── consistency ────────────────────────────────────────────────────────────────────────────────────────────────────

func TestConsistency(t *testing.T) {
	l := newLedger(600, nil)
	url, files := l.serve(t)
	for path := range files {
		if strings.HasPrefix(path, "/tile/entries/") {
			delete(files, path) // not needed: hash tiles are enough
		}
	}
	old := filepath.Join(t.TempDir(), "old")
	for _, size := range []int{0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 599, 600} {
		write(t, old, l.checkpoint(size))
		want := fmt.Sprintf("ok size=600 root=%v old_size=%d\n", treeHead(l.leaves), size)
		expect(t, 0, want, "consistency", "--vkey", logKey.vkey, old, url)
		expect(t, 0, want, "consistency", "--vkey", logKey.vkey, old, l.write(t))
		write(t, old, signCheckpoint(size, tlog.Hash{1}))
		expect(t, 3, "fork: ", "consistency", "--vkey", logKey.vkey, old, url)
	}
	write(t, old, signCheckpoint(601, tlog.Hash{1}))
	expect(t, 3, "rolled back", "consistency", "--vkey", logKey.vkey, old, url)
	write(t, old, bytes.Replace(l.checkpoint(5), []byte("\n5\n"), []byte("\n6\n"), 1))
	expect(t, 3, "old checkpoint: invalid signature", "consistency", "--vkey", logKey.vkey, old, url)
	expect(t, 1, "absent", "consistency", "--vkey", logKey.vkey, old+"absent", url)

	write(t, old, l.checkpoint(5))
	for path, wanted := range map[string]string{"/tile/0/001": "tile/1/000.p/2: hash 1 ", "/tile/0/002.p/88": "checkpoint: root ", "/tile/1/000.p/2": "tile/1/000.p/2: hash 0 "} {
		files[path][7] ^= 1
		expect(t, 3, wanted, "consistency", "--vkey", logKey.vkey, old, url)
		files[path][7] ^= 1
	}
}

// ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────────

func TestReceiptsOfEveryEventOfALittleLog(t *testing.T) {
	l := newLedger(11, nil)
	dir := t.TempDir()
	proof, event := filepath.Join(dir, "r.tlog-proof"), filepath.Join(dir, "event")
	position := 0
	for index, events := range l.events {
		write(t, proof, []byte(l.receipt(index, -1)))
		expect(t, 0, fmt.Sprintf("ok logged index=%d size=11 ", index), "receipt", "--vkey", logKey.vkey, proof)
		write(t, event, events[0])
		expect(t, 3, "places no single event", "receipt", "--vkey", logKey.vkey, "--event", event, proof)
		for i := range events {
			write(t, proof, []byte(l.receipt(index, i)))
			expect(t, 0, fmt.Sprintf(" position=%d event=unchecked\n", position), "receipt", "--vkey", logKey.vkey, proof)
			write(t, event, events[i])
			expect(t, 0, fmt.Sprintf(" position=%d event=%v\n", position, tlog.RecordHash(events[i])),
				"receipt", "--vkey", logKey.vkey, "--event", event, proof)
			write(t, event, []byte("....CLEV another event"))
			expect(t, 3, fmt.Sprintf("the event is not number %d of the batch", i), "receipt", "--vkey", logKey.vkey, "--event", event, proof)
			position++
		}
	}
	write(t, event, []byte("....CLBT"))
	expect(t, 3, "not an event", "receipt", "--vkey", logKey.vkey, "--event", event, proof)
	expect(t, 1, "absent", "receipt", "--vkey", logKey.vkey, "--event", event+"absent", proof)
	expect(t, 1, "absent", "receipt", "--vkey", logKey.vkey, proof+"absent")
}

func TestEveryFlippedByteOfAReceiptIsFound(t *testing.T) {
	l := newLedger(11, nil)
	dir := t.TempDir()
	proof, event := filepath.Join(dir, "r.tlog-proof"), filepath.Join(dir, "event")
	text, bytesOfEvent := []byte(l.receipt(8, 2)), l.events[8][2]
	check := func(what string) {
		if status, out := call("receipt", "--vkey", logKey.vkey, "--event", event, proof); status != 3 {
			t.Errorf("%s: status %d: %s", what, status, out)
		}
	}
	write(t, event, bytesOfEvent)
	for i := range text {
		spoilt := append([]byte(nil), text...)
		spoilt[i] ^= 1 << (i % 7)
		write(t, proof, spoilt)
		check(fmt.Sprintf("byte %d of the receipt flipped", i))
		write(t, proof, text[:i])
		check(fmt.Sprintf("receipt cut at %d", i))
	}
	write(t, proof, text)
	expect(t, 0, "ok logged", "receipt", "--vkey", logKey.vkey, "--event", event, proof)
	for i := range bytesOfEvent {
		spoilt := append([]byte(nil), bytesOfEvent...)
		spoilt[i] ^= 1
		write(t, event, spoilt)
		check(fmt.Sprintf("byte %d of the event flipped", i))
	}
}

func TestReceiptsThatAreRefused(t *testing.T) {
	l := newLedger(11, nil)
	proof := filepath.Join(t.TempDir(), "r.tlog-proof")
	good := l.receipt(8, 2) // entry 8 has 4 events; its path in a log of 11 has 3 hashes
	lines := strings.SplitAfter(good, "\n")
	extra := must(base64.StdEncoding.DecodeString(strings.TrimSpace(lines[1][len("extra "):])))
	withExtra := func(edit func([]byte) []byte) string {
		edited := edit(append([]byte(nil), extra...))
		return strings.Replace(good, lines[1], "extra "+base64.StdEncoding.EncodeToString(edited)+"\n", 1)
	}
	put32 := binary.LittleEndian.PutUint32
	for _, c := range []struct {
		wanted string
		text   string
	}{
		{"not a c2sp.org/tlog-proof@v1", strings.Replace(good, "@v1", "@v2", 1)},
		{"not a c2sp.org/tlog-proof@v1", ""},
		{"not a c2sp.org/tlog-proof@v1", good[:strings.Index(good, "\n\n")+1]},
		{"path: \"ledger.example.org", strings.Replace(good, "\n\n", "\n", 1)},
		{"have to be extra and index", strings.Replace(good, lines[1], "", 1)},
		{"have to be extra and index", strings.Replace(good, lines[1], lines[1]+lines[1], 1)},
		{"index: ", strings.Replace(good, "index 8", "index 08", 1)},
		{"index 11 in a log of 11", strings.Replace(good, "index 8", "index 11", 1)},
		{"path of 3 hashes, wanted 4", strings.Replace(good, "index 8", "index 7", 1)},
		{"not at index 9", strings.Replace(good, "index 8", "index 9", 1)},
		{"path of 2 hashes, wanted 3", strings.Replace(good, lines[3], "", 1)},
		{"path of 4 hashes, wanted 3", strings.Replace(good, lines[3], lines[3]+lines[3], 1)},
		{"path: ", strings.Replace(good, lines[3], lines[3][:43]+"\n", 1)},
		{"checkpoint: ", strings.Replace(good, "\n11\n", "\n12\n", 1)},
		{"entry: format 2", withExtra(func(e []byte) []byte { e[0] = 2; return e })},
		{"entry: count 0", withExtra(func(e []byte) []byte { put32(e[4:], 0); return e })},
		{"entry: count 1025", withExtra(func(e []byte) []byte { put32(e[4:], 1025); return e })},
		{"author's signature", withExtra(func(e []byte) []byte { put32(e[4:], 5); return e })},
		{"not at index 8", withExtra(func(e []byte) []byte { e[16] ^= 1; return e })}, // recorded_at is the log's word only
		{"event index 4 in a batch of 4", withExtra(func(e []byte) []byte { e[152] = 4; return e })},
		{"batch of 1 hashes, wanted 2", withExtra(func(e []byte) []byte { return e[:156+32] })},
		{"batch of 3 hashes, wanted 2", withExtra(func(e []byte) []byte { return append(e, e[:32]...) })},
		{"extra: 151 bytes", withExtra(func(e []byte) []byte { return e[:151] })},
		{"extra: 153 bytes", withExtra(func(e []byte) []byte { return e[:153] })},
		{"extra: 219 bytes", withExtra(func(e []byte) []byte { return e[:219] })},
	} {
		write(t, proof, []byte(c.text))
		expect(t, 3, c.wanted, "receipt", "--vkey", logKey.vkey, proof)
	}
	write(t, proof, []byte(good))
	expect(t, 3, "checkpoint: ", "receipt", "--vkey", newKey(origin, 1).vkey, proof)
}

// ── small helps ────────────────────────────────────────────────────────────────────────────────────────────────────

func call(args ...string) (int, string) {
	var out bytes.Buffer
	status := run(args, &out, &out)
	return status, out.String()
}

func expect(t *testing.T, status int, text string, args ...string) {
	t.Helper()
	if got, out := call(args...); got != status || !strings.Contains(out, text) {
		t.Errorf("%s: status %d, %s; wanted %d and %q", args[0], got, strings.TrimSpace(out), status, text)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, wanted %v", what, got, want)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func unhex(t *testing.T, s string) []byte { return must(hex.DecodeString(s)) }

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
