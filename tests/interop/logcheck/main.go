// Command logcheck checks a ledger from outside: the log a server serves or a folder holds, an offline bundle, a saved
// checkpoint against the log, and receipts. It believes one thing, the log's key; everything else is recomputed.
//
//	logcheck walk        --vkey VKEY URL|DIR
//	logcheck bundle      --vkey VKEY DIR
//	logcheck consistency --vkey VKEY OLD_CHECKPOINT_FILE URL|DIR
//	logcheck receipt     --vkey VKEY [--event FILE] FILE.tlog-proof
//
// Prints one line beginning with ok. Exit status: 0 ok · 1 something could not be read · 2 usage · 3 something that was
// read is wrong, or something that a verified checkpoint promises is missing; the message names it.
//
// Build and test with Debian's golang-go and golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build
//	GO111MODULE=off GOPATH=/usr/share/gocode go test
package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const usage = `usage:
  logcheck walk        --vkey VKEY URL|DIR
  logcheck bundle      --vkey VKEY DIR
  logcheck consistency --vkey VKEY OLD_CHECKPOINT_FILE URL|DIR
  logcheck receipt     --vkey VKEY [--event FILE] FILE.tlog-proof
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	wanted := map[string]int{"walk": 1, "bundle": 1, "consistency": 2, "receipt": 1}[args[0]]
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	vkey := flags.String("vkey", "", "")
	event := ""
	if args[0] == "receipt" {
		flags.StringVar(&event, "event", "", "")
	}
	if err := flags.Parse(args[1:]); err != nil || wanted == 0 || flags.NArg() != wanted {
		fmt.Fprint(stderr, usage)
		return 2
	}
	log, err := note.NewVerifier(*vkey) // Ed25519, type 0x01, only
	if err != nil {
		fmt.Fprintf(stderr, "logcheck: --vkey: %v\n", err)
		return 2
	}

	var summary string
	switch args[0] {
	case "walk":
		summary, err = walk(open(flags.Arg(0)), log)
	case "bundle":
		summary, err = bundle(folder(flags.Arg(0)), log)
	case "consistency":
		summary, err = consistency(flags.Arg(0), open(flags.Arg(1)), log)
	case "receipt":
		summary, err = checkReceipt(flags.Arg(0), event, log)
	}
	if err != nil {
		fmt.Fprintf(stderr, "logcheck: %v\n", err)
		if errors.As(err, new(mismatch)) {
			return 3
		}
		return 1
	}
	fmt.Fprintln(stdout, summary)
	return 0
}

// ── where a log lies ───────────────────────────────────────────────────────────────────────────────────────────────

// A source gives the bytes at a path below the log's root; errAbsent when there is nothing.
type source interface {
	get(path string, max int64) ([]byte, error)
}

var errAbsent = errors.New("nothing there")

func open(where string) source {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		// No proxy, and no redirect is followed: what is checked is what this address answers.
		return &site{strings.TrimRight(where, "/"), http.Client{
			Timeout:       time.Minute,
			Transport:     &http.Transport{},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}
	}
	return folder(where)
}

type folder string

func (f folder) get(path string, max int64) ([]byte, error) {
	file, err := os.Open(filepath.Join(string(f), filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, errAbsent)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAtMost(file, max, path)
}

type site struct {
	base   string
	client http.Client
}

func (s *site) get(path string, max int64) ([]byte, error) {
	response, err := s.client.Get(s.base + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return readAtMost(response.Body, max, path)
	case http.StatusNotFound:
		return nil, fmt.Errorf("%s: %w", path, errAbsent)
	}
	return nil, fmt.Errorf("%s: status %s", path, response.Status)
}

// status is what a GET is answered with. The path is sent as it is, `..` and all.
func (s *site) status(path string) (int, error) {
	response, err := s.client.Get(s.base + "/" + path)
	if err != nil {
		return 0, err
	}
	io.Copy(io.Discard, io.LimitReader(response.Body, checkpointMax))
	response.Body.Close()
	return response.StatusCode, nil
}

func readAtMost(r io.Reader, max int64, path string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if int64(len(data)) > max {
		return nil, differs("%s: more than %d bytes", path, max)
	}
	return data, nil
}

func readCheckpoint(src source, log note.Verifier) (checkpoint, error) {
	msg, err := src.get("checkpoint", checkpointMax)
	if err != nil {
		return checkpoint{}, err
	}
	return openCheckpoint(msg, log)
}

// fetch reads a tile of things of unit bytes each. Once a tile is full its partial forms may be gone, so the full one
// will do; what it holds beyond the width is of no concern here.
func fetch(src source, t tile, unit int64) ([]byte, error) {
	width := t.width
	data, err := src.get(t.path(), width*unit)
	if errors.Is(err, errAbsent) && width < tileWidth {
		width = tileWidth
		data, err = src.get(tile{t.dir, t.n, width}.path(), width*unit)
	}
	if errors.Is(err, errAbsent) {
		return nil, differs("%s is missing", t.path())
	}
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != width*unit {
		return nil, differs("%s: %d bytes, wanted %d", t.path(), len(data), width*unit)
	}
	return data[:t.width*unit], nil
}

// ── walk ───────────────────────────────────────────────────────────────────────────────────────────────────────────

func walk(src source, log note.Verifier) (string, error) {
	cp, positions, err := walkEntries(src, log, func(tile, []entry) error { return nil })
	if err != nil {
		return "", err
	}
	if s, ok := src.(*site); ok {
		if err := probe(s, cp, log); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("ok size=%d positions=%d root=%v", cp.size, positions, cp.root), nil
}

// walkEntries checks the whole log against its checkpoint, from the entries up, and shows every bundle to visit.
func walkEntries(src source, log note.Verifier, visit func(tile, []entry) error) (checkpoint, uint64, error) {
	cp, err := readCheckpoint(src, log)
	if err != nil {
		return cp, 0, err
	}
	var computed tree
	positions, recordedAt := uint64(0), int64(0)
	for _, t := range tilesOf("tile/entries", cp.size) {
		data, err := fetch(src, t, 2+entryBytes)
		if err != nil {
			return cp, 0, err
		}
		var entries []entry
		for ; len(data) > 0; data = data[2+entryBytes:] {
			index := t.n*tileWidth + int64(len(entries))
			if length := binary.BigEndian.Uint16(data); length != entryBytes {
				return cp, 0, differs("%s: entry %d has %d bytes, wanted %d", t.path(), index, length, entryBytes)
			}
			e, err := parseEntry(data[2:2+entryBytes], log.Name())
			if err == nil && e.first != positions {
				err = differs("first_position %d, wanted %d", e.first, positions)
			}
			if err == nil && e.recordedAt < recordedAt {
				err = differs("recorded_at %d is earlier than the %d before it", e.recordedAt, recordedAt)
			}
			if err != nil {
				return cp, 0, differs("%s: entry %d: %v", t.path(), index, err)
			}
			positions, recordedAt = positions+uint64(e.count), e.recordedAt
			computed.add(tlog.RecordHash(e.raw))
			entries = append(entries, e)
		}
		if err := visit(t, entries); err != nil {
			return cp, 0, err
		}
	}
	return cp, positions, checkTree(src, &computed, 0, cp)
}

// checkTree holds the served hash tiles, from that level up, and the checkpoint's root to the computed tree.
func checkTree(src source, computed *tree, level int, cp checkpoint) error {
	for ; cp.size>>(8*level) > 0; level++ {
		for _, t := range tilesOf(fmt.Sprintf("tile/%d", level), cp.size>>(8*level)) {
			data, err := fetch(src, t, tlog.HashSize)
			if err != nil {
				return err
			}
			for i := int64(0); i < t.width; i++ {
				var served tlog.Hash
				copy(served[:], data[i*tlog.HashSize:])
				if want := computed.levels[level][t.n*tileWidth+i]; served != want {
					return differs("%s: hash %d is %v, wanted %v", t.path(), i, served, want)
				}
			}
		}
	}
	root, err := computed.root(cp.size)
	if err == nil && root != cp.root {
		err = differs("checkpoint: root %v, wanted %v", cp.root, root)
	}
	return err
}

// probe asks for what must not be there: 404, not another answer.
func probe(s *site, cp checkpoint, log note.Verifier) error {
	for _, path := range malformed(cp.size) {
		status, err := s.status(path)
		if err == nil && status != http.StatusNotFound {
			err = differs("GET /%s: status %d, wanted 404", path, status)
		}
		if err != nil {
			return err
		}
	}
	for _, b := range beyond(cp.size) {
		status, err := s.status(b.path())
		if err != nil {
			return err
		}
		if status == http.StatusNotFound {
			continue
		}
		// A growing log may have come to hold it since the checkpoint was read.
		now, err := readCheckpoint(s, log)
		if err != nil {
			return err
		}
		if status != http.StatusOK || b.end > now.size {
			return differs("GET /%s: status %d beyond size %d, wanted 404", b.path(), status, now.size)
		}
	}
	return nil
}

// malformed lists paths no log has; most are other spellings of something it does have.
func malformed(size int64) (paths []string) {
	first := tile{"", 0, 1}
	if size > 0 {
		first = tilesOf("", size)[0]
	}
	name := first.path()[1:] // 000 or 000.p/W
	for _, dir := range []string{"tile/0/", "tile/entries/"} {
		for _, form := range []string{
			"000.p/0", "000.p/256", "000.p/01", "000.p/+1", "000.p/-1", "000.p/", "000.p", "000.p/1/", "000.p/1.p/1",
			"0" + name, name[1:], name[2:], "x" + name, "x000/" + name, "000/" + name, name + "/", "/" + name, "./" + name,
		} {
			paths = append(paths, dir+form)
		}
	}
	if first.width < tileWidth {
		paths = append(paths, fmt.Sprintf("tile/0/000.p/0%d", first.width), fmt.Sprintf("tile/entries/000.p/0%d", first.width))
	}
	return append(paths, "tile/00/"+name, "tile/+0/"+name, "tile/-1/"+name, "tile/64/"+name, "tile/8/0/"+name, "tile/data/"+name,
		"tile/../checkpoint", "tile/0/../../checkpoint", "tile/entries/../0/"+name, "tile/0/%2e%2e/%2e%2e/checkpoint",
		"tile/0/..%2f..%2fcheckpoint")
}

type beyondTile struct {
	tile
	end int64 // the size a log must have to hold it
}

// beyond lists well-formed tiles that a log of that size does not have yet, on every level and the one above.
func beyond(size int64) (tiles []beyondTile) {
	add := func(dir string, level int) {
		count := size >> (8 * level)
		edge, width := count/tileWidth, count%tileWidth
		for _, t := range []tile{{dir, edge, width + 1}, {dir, edge, tileWidth}, {dir, edge + 1, 1}, {dir, edge + 1000, tileWidth}} {
			tiles = append(tiles, beyondTile{t, (t.n*tileWidth + t.width) << (8 * level)})
		}
	}
	add("tile/entries", 0)
	for level := 0; ; level++ {
		add(fmt.Sprintf("tile/%d", level), level)
		if size>>(8*level) == 0 {
			return tiles
		}
	}
}

// ── bundle ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// bundle walks the folder and holds every stored record in batch/ to its entry.
func bundle(dir folder, log note.Verifier) (string, error) {
	withheld := 0
	cp, positions, err := walkEntries(dir, log, func(t tile, entries []entry) error {
		path := tile{"batch", t.n, t.width}.path()
		data, err := dir.get(path, t.width*(4+recordMax))
		if errors.Is(err, errAbsent) {
			return differs("%s is missing", path)
		}
		if err != nil {
			return err
		}
		for i, e := range entries {
			index := t.n*tileWidth + int64(i)
			if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
				return differs("%s: batch of entry %d is cut off", path, index)
			}
			end := 4 + binary.LittleEndian.Uint32(data)
			hidden, err := checkStored(data[4:end], e)
			if err != nil {
				return differs("%s: batch of entry %d: %v", path, index, err)
			}
			withheld += hidden
			data = data[end:]
		}
		if len(data) > 0 {
			return differs("%s: %d bytes after the last record", path, len(data))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ok size=%d positions=%d root=%v withheld=%d", cp.size, positions, cp.root, withheld), nil
}

// ── consistency ────────────────────────────────────────────────────────────────────────────────────────────────────

// consistency reads hash tiles only, which are public: level 0 makes the tree, the other levels and the root must agree.
func consistency(oldFile string, src source, log note.Verifier) (string, error) {
	msg, err := os.ReadFile(oldFile)
	if err != nil {
		return "", err
	}
	before, err := openCheckpoint(msg, log)
	if err != nil {
		return "", differs("old %v", err)
	}
	now, err := readCheckpoint(src, log)
	if err != nil {
		return "", err
	}
	if before.size > now.size {
		return "", differs("the log has %d entries, the old checkpoint %d: it was rolled back", now.size, before.size)
	}
	var computed tree
	for _, t := range tilesOf("tile/0", now.size) {
		data, err := fetch(src, t, tlog.HashSize)
		if err != nil {
			return "", err
		}
		for ; len(data) > 0; data = data[tlog.HashSize:] {
			var leaf tlog.Hash
			copy(leaf[:], data)
			computed.add(leaf)
		}
	}
	if err := checkTree(src, &computed, 1, now); err != nil {
		return "", err
	}
	if err := checkPrefix(&computed, before, now); err != nil {
		return "", err
	}
	return fmt.Sprintf("ok size=%d root=%v old_size=%d", now.size, now.root, before.size), nil
}

// checkPrefix: computed is the tree of now, already held to its root.
func checkPrefix(computed *tree, before, now checkpoint) error {
	root, err := computed.root(before.size)
	if err != nil {
		return err
	}
	if root != before.root {
		return differs("fork: the first %d entries give root %v, the old checkpoint says %v", before.size, root, before.root)
	}
	if before.size == 0 {
		return nil // tlog has no proof for the empty tree, and none is needed
	}
	proof, err := tlog.ProveTree(now.size, before.size, computed)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, now.size, now.root, before.size, before.root); err != nil {
		return differs("consistency from %d to %d: %v", before.size, now.size, err)
	}
	return nil
}

// ── receipt ────────────────────────────────────────────────────────────────────────────────────────────────────────

func checkReceipt(file, eventFile string, log note.Verifier) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	r, err := parseReceipt(text)
	if err != nil {
		return "", err
	}
	e, err := parseEntry(r.entry, log.Name())
	if err != nil {
		return "", differs("entry: %v", err)
	}
	cp, err := openCheckpoint(r.checkpoint, log)
	if err != nil {
		return "", err
	}
	if r.index >= cp.size {
		return "", differs("index %d in a log of %d", r.index, cp.size)
	}
	if want := pathLength(r.index, cp.size); len(r.outer) != want {
		return "", differs("path of %d hashes, wanted %d", len(r.outer), want)
	}
	if err := tlog.CheckRecord(r.outer, cp.size, cp.root, r.index, tlog.RecordHash(e.raw)); err != nil {
		return "", differs("the entry is not at index %d of the log: %v", r.index, err)
	}
	place, err := checkEvent(r, e, eventFile)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ok logged index=%d size=%d root=%v first_position=%d count=%d recorded_at=%d author=%x%s",
		r.index, cp.size, cp.root, e.first, e.count, e.recordedAt, e.author, place), nil
}

// checkEvent follows the path inside the batch; without the event's bytes it can only be held to its length.
func checkEvent(r receipt, e entry, eventFile string) (string, error) {
	if !r.ofEvent {
		if eventFile != "" {
			return "", differs("the receipt is for a whole batch of %d and places no single event", e.count)
		}
		return "", nil
	}
	if r.eventIndex >= e.count {
		return "", differs("event index %d in a batch of %d", r.eventIndex, e.count)
	}
	index, count := int64(r.eventIndex), int64(e.count)
	if want := pathLength(index, count); len(r.inner) != want {
		return "", differs("path inside the batch of %d hashes, wanted %d", len(r.inner), want)
	}
	position := e.first + uint64(r.eventIndex)
	if eventFile == "" {
		return fmt.Sprintf(" position=%d event=unchecked", position), nil
	}
	event, err := os.ReadFile(eventFile)
	if err != nil {
		return "", err
	}
	leaf, err := eventLeaf(event)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(r.inner, count, e.root, index, leaf); err != nil {
		return "", differs("the event is not number %d of the batch: %v", index, err)
	}
	return fmt.Sprintf(" position=%d event=%v", position, leaf), nil
}
