package main

// The formats as an outsider reads them: RFC 6962 trees, C2SP checkpoints, tiles and proofs, and the ledger's own entry,
// stored record and receipt. Written from the published descriptions; nothing here comes from the ledger's own code.
//
// Every parser refuses what is not canonical and answers a mismatch that names the place.

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileWidth     = 256
	entryBytes    = 152
	eventBytesMax = 32 << 10
	batchMax      = 1024
	recordMax     = entryBytes + batchMax*5 + 1<<20 // entry, item heads, and the events of a batch of at most 1 MiB
	checkpointMax = 1 << 20
	sizeMax       = 1 << 40 // tlog counts in int64 and never ends near its limit
)

// A mismatch is something that was read and is wrong, as opposed to something that could not be read.
type mismatch string

func (m mismatch) Error() string { return string(m) }

func differs(format string, args ...any) error { return mismatch(fmt.Sprintf(format, args...)) }

// ── trees ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// treeHead is MTH of RFC 6962 section 2.1 over leaf hashes.
func treeHead(leaves []tlog.Hash) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := splitPoint(int64(len(leaves)))
	return tlog.NodeHash(treeHead(leaves[:k]), treeHead(leaves[k:]))
}

// splitPoint is the largest power of two smaller than size, which is at least 2.
func splitPoint(size int64) int64 {
	k := int64(1)
	for k*2 < size {
		k *= 2
	}
	return k
}

// pathLength is how many hashes prove leaf index in a tree of that size.
func pathLength(index, size int64) int {
	length := 0
	for ; size > 1; length++ {
		if k := splitPoint(size); index < k {
			size = k
		} else {
			index, size = index-k, size-k
		}
	}
	return length
}

// A tree holds every hash that tiles hold, all computed here from the leaves: levels[L][i] is the head of the i-th full
// run of 256^L leaves. It is a tlog.HashReader, so tlog can make proofs from it without authenticating anything.
type tree struct{ levels [][]tlog.Hash }

func (t *tree) add(hash tlog.Hash) {
	for level := 0; ; level++ {
		if level == len(t.levels) {
			t.levels = append(t.levels, nil)
		}
		t.levels[level] = append(t.levels[level], hash)
		row := t.levels[level]
		if len(row)%tileWidth != 0 {
			return
		}
		hash = treeHead(row[len(row)-tileWidth:])
	}
}

func (t *tree) node(level int, n int64) tlog.Hash {
	if level%8 == 0 {
		return t.levels[level/8][n]
	}
	return tlog.NodeHash(t.node(level-1, 2*n), t.node(level-1, 2*n+1))
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = t.node(tlog.SplitStoredHashIndex(index))
	}
	return hashes, nil
}

// root is the head of the first size leaves, all of which must have been added.
func (t *tree) root(size int64) (tlog.Hash, error) {
	if size == 0 {
		return treeHead(nil), nil // tlog.TreeHash(0) is all zeros
	}
	return tlog.TreeHash(size, t)
}

// ── checkpoints ────────────────────────────────────────────────────────────────────────────────────────────────────

type checkpoint struct {
	size int64
	root tlog.Hash
}

// openCheckpoint demands the log's own Ed25519 signature, in first place, over exactly origin, size and root.
// Other signatures are not looked at.
func openCheckpoint(msg []byte, log note.Verifier) (checkpoint, error) {
	n, err := note.Open(msg, note.VerifierList(log))
	if err != nil {
		return checkpoint{}, differs("checkpoint: %v", err)
	}
	sig := n.Sigs[0] // no other key is known, so this is the log's
	if _, err := decodeBase64(sig.Base64); err != nil {
		return checkpoint{}, differs("checkpoint: signature of the log: %v", err)
	}
	first := "— " + sig.Name + " " + sig.Base64 + "\n"
	if !strings.HasPrefix(string(msg[len(n.Text)+1:]), first) {
		return checkpoint{}, differs("checkpoint: the log's signature is not the first")
	}
	return parseCheckpointBody(n.Text, log.Name())
}

func parseCheckpointBody(text, origin string) (checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return checkpoint{}, differs("checkpoint: %d lines, wanted exactly 3", len(lines)-1)
	}
	if lines[0] != origin {
		return checkpoint{}, differs("checkpoint: origin %q, wanted %q", lines[0], origin)
	}
	if strings.HasSuffix(origin, "/batch") {
		return checkpoint{}, differs("checkpoint: origin %q is the name of an author's statement", origin)
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return checkpoint{}, differs("checkpoint: size: %v", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return checkpoint{}, differs("checkpoint: root: %v", err)
	}
	return checkpoint{size, root}, nil
}

func parseDecimal(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is not a plain decimal number", s)
	}
	if n > sizeMax {
		return 0, fmt.Errorf("%d is more than this checker counts to", n)
	}
	return n, nil
}

func decodeBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || base64.StdEncoding.EncodeToString(b) != s {
		return nil, fmt.Errorf("%q is not canonical base64", s)
	}
	return b, nil
}

func parseHash(s string) (hash tlog.Hash, err error) {
	b, err := decodeBase64(s)
	if err == nil && len(b) != tlog.HashSize {
		err = fmt.Errorf("%q is %d bytes, wanted %d", s, len(b), tlog.HashSize)
	}
	copy(hash[:], b)
	return hash, err
}

// ── tiles ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// A tile is width things in folder dir, from the n·256-th on.
type tile struct {
	dir   string
	n     int64
	width int64
}

// tilesOf lists the tiles that hold count things: full ones, then at most one partial.
func tilesOf(dir string, count int64) (tiles []tile) {
	for n := int64(0); n < count/tileWidth; n++ {
		tiles = append(tiles, tile{dir, n, tileWidth})
	}
	if rest := count % tileWidth; rest != 0 {
		tiles = append(tiles, tile{dir, count / tileWidth, rest})
	}
	return tiles
}

// path spells n in groups of three digits, all but the last marked with x: 1234067 is x001/x234/067.
func (t tile) path() string {
	name := fmt.Sprintf("%03d", t.n%1000)
	for rest := t.n / 1000; rest > 0; rest /= 1000 {
		name = fmt.Sprintf("x%03d/%s", rest%1000, name)
	}
	if t.width < tileWidth {
		name += fmt.Sprintf(".p/%d", t.width)
	}
	return t.dir + "/" + name
}

// ── entries and stored records ─────────────────────────────────────────────────────────────────────────────────────

type entry struct {
	raw        []byte
	count      uint32
	first      uint64
	recordedAt int64
	author     ed25519.PublicKey
	root       tlog.Hash
}

// parseEntry checks all that an entry says by itself: its form, and its author's signature over the batch.
func parseEntry(raw []byte, origin string) (entry, error) {
	if len(raw) != entryBytes {
		return entry{}, differs("%d bytes, wanted %d", len(raw), entryBytes)
	}
	e := entry{
		raw:        raw,
		count:      binary.LittleEndian.Uint32(raw[4:]),
		first:      binary.LittleEndian.Uint64(raw[8:]),
		recordedAt: int64(binary.LittleEndian.Uint64(raw[16:])),
		author:     ed25519.PublicKey(raw[24:56]),
	}
	copy(e.root[:], raw[56:88])
	if format := binary.LittleEndian.Uint32(raw); format != 1 {
		return e, differs("format %d, wanted 1", format)
	}
	if e.count < 1 || e.count > batchMax {
		return e, differs("count %d, wanted 1 to %d", e.count, batchMax)
	}
	if e.recordedAt < 0 {
		return e, differs("recorded_at %d lies before the epoch", e.recordedAt)
	}
	if !ed25519.Verify(e.author, batchStatement(origin, e.count, e.root), raw[88:]) {
		return e, differs("the author's signature does not verify")
	}
	return e, nil
}

// batchStatement is what an author signs: a checkpoint of the batch.
func batchStatement(origin string, count uint32, root tlog.Hash) []byte {
	return []byte(fmt.Sprintf("%s/batch\n%d\n%s\n", origin, count, base64.StdEncoding.EncodeToString(root[:])))
}

// eventLeaf is the leaf hash of an event. Of the event itself only length and FlatBuffers file identifier are checked.
func eventLeaf(event []byte) (tlog.Hash, error) {
	if len(event) > eventBytesMax {
		return tlog.Hash{}, differs("event of %d bytes, at most %d", len(event), eventBytesMax)
	}
	if len(event) < 8 || string(event[4:8]) != "CLEV" {
		return tlog.Hash{}, differs("not an event: no file identifier CLEV")
	}
	return tlog.RecordHash(event), nil
}

// checkStored holds a stored record (entry, then count items) to the entry in the log. It returns how many events are
// withheld, that is, stand there as their leaf hash only.
func checkStored(record []byte, e entry) (withheld int, err error) {
	if len(record) < entryBytes || !bytes.Equal(record[:entryBytes], e.raw) {
		return 0, differs("the stored record does not begin with the log's entry")
	}
	rest := record[entryBytes:]
	leaves := make([]tlog.Hash, e.count)
	for i := range leaves {
		if len(rest) < 5 {
			return 0, differs("item %d is cut off", i)
		}
		kind, length := rest[0], binary.LittleEndian.Uint32(rest[1:])
		rest = rest[5:]
		if uint64(length) > uint64(len(rest)) {
			return 0, differs("item %d is cut off", i)
		}
		item := rest[:length]
		rest = rest[length:]
		switch {
		case kind == 0:
			if leaves[i], err = eventLeaf(item); err != nil {
				return 0, differs("item %d: %v", i, err)
			}
		case kind == 1 && length == tlog.HashSize:
			copy(leaves[i][:], item)
			withheld++
		default:
			return 0, differs("item %d: kind %d of %d bytes", i, kind, length)
		}
	}
	if len(rest) != 0 {
		return 0, differs("%d bytes after the last item", len(rest))
	}
	if root := treeHead(leaves); root != e.root {
		return 0, differs("batch root: items give %v, the entry says %v", root, e.root)
	}
	return withheld, nil
}

// ── receipts ───────────────────────────────────────────────────────────────────────────────────────────────────────

type receipt struct {
	entry      []byte
	ofEvent    bool // the receipt places one event in the batch
	eventIndex uint32
	inner      tlog.RecordProof
	index      int64
	outer      tlog.RecordProof
	checkpoint []byte
}

func parseReceipt(text []byte) (r receipt, err error) {
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return r, differs("not a c2sp.org/tlog-proof@v1 with extra, index and checkpoint")
	}
	r.checkpoint = []byte(checkpoint)
	if !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return r, differs("lines 2 and 3 have to be extra and index")
	}
	extra, err := decodeBase64(lines[1][len("extra "):])
	if err != nil {
		return r, differs("extra: %v", err)
	}
	if r.index, err = parseDecimal(lines[2][len("index "):]); err != nil {
		return r, differs("index: %v", err)
	}
	for _, line := range lines[3:] {
		hash, err := parseHash(line)
		if err != nil {
			return r, differs("path: %v", err)
		}
		r.outer = append(r.outer, hash)
	}
	return r, r.parseExtra(extra)
}

// parseExtra: entry, or entry ‖ u32le event index ‖ path inside the batch.
func (r *receipt) parseExtra(extra []byte) error {
	if len(extra) == entryBytes {
		r.entry = extra
		return nil
	}
	path := len(extra) - entryBytes - 4
	if path < 0 || path%tlog.HashSize != 0 {
		return differs("extra: %d bytes are neither an entry nor an entry with an event's path", len(extra))
	}
	r.ofEvent = true
	r.entry = extra[:entryBytes]
	r.eventIndex = binary.LittleEndian.Uint32(extra[entryBytes:])
	for rest := extra[entryBytes+4:]; len(rest) > 0; rest = rest[tlog.HashSize:] {
		var hash tlog.Hash
		copy(hash[:], rest)
		r.inner = append(r.inner, hash)
	}
	return nil
}
