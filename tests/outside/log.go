// Reads a served log with the Go project's own library (golang.org/x/mod/sumdb), which shares no line with motcua.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tests/outside/log.go http://127.0.0.1:8080 [TOKEN]
//
// It opens the checkpoint as a signed note, reads every tile against the signed root, every entry against its tile, proofs as
// the node serves them, and sees that the same with one bit flipped is refused. TOKEN is an auditor's, where entries are not public.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

var token string

func main() {
	if len(os.Args) < 2 {
		fail("usage: log.go URL [TOKEN]")
	}
	base := strings.TrimSuffix(os.Args[1], "/") + "/log/"
	if len(os.Args) > 2 {
		token = os.Args[2]
	}
	tree, opened := checkpoint(base)
	fmt.Printf("go note:  %s signed size %d\n", opened.Sigs[0].Name, tree.N)
	hashes := tlog.TileHashReader(tree, &tiles{base: base})
	entries := entriesHashToTheirLeaves(base, tree, hashes)
	fmt.Printf("go tlog:  %d entries hash to their leaves, and all tiles to the signed root\n", entries)
	proved := servedProofsHold(base, tree, hashes)
	fmt.Printf("go tlog:  %d inclusion and consistency proofs of the node hold, and equal Go's own\n", proved)
	refused := flippedBitsAreRefused(base, tree, opened)
	fmt.Printf("go:       %d changed copies refused\n", refused)
}

// The checkpoint, opened with the log's own key.
func checkpoint(base string) (tlog.Tree, *note.Note) {
	opened, err := note.Open(get(base+"checkpoint"), verifiers(base))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	if lines[0] != opened.Sigs[0].Name {
		fail("the origin is not the name of the key")
	}
	return tlog.Tree{N: size, Hash: root}, opened
}

func verifiers(base string) note.Verifiers {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(get(base + "vkey"))))
	check(err)
	return note.VerifierList(verifier)
}

func entriesHashToTheirLeaves(base string, tree tlog.Tree, hashes tlog.HashReader) int64 {
	var position int64
	for bundle := int64(0); bundle*256 < tree.N; bundle++ {
		tile := tlog.Tile{H: height, L: 0, N: bundle, W: width(tree.N, bundle)}
		path := strings.TrimPrefix(tile.Path(), "tile/8/0/")
		rest := get(base + "tile/entries/" + path)
		indexes := make([]int64, tile.W)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, bundle*256+int64(i))
		}
		leaves, err := hashes.ReadHashes(indexes)
		check(err)
		for _, leaf := range leaves {
			length := int(binary.BigEndian.Uint16(rest))
			if tlog.RecordHash(rest[2:2+length]) != leaf {
				fail("entry %d does not hash to its leaf", position)
			}
			rest = rest[2+length:]
			position++
		}
		if len(rest) > 0 {
			fail("bundle %d holds more than it should", bundle)
		}
	}
	return position
}

func servedProofsHold(base string, tree tlog.Tree, hashes tlog.HashReader) int {
	proved := 0
	for _, position := range []int64{0, 1, tree.N / 3, tree.N / 2, tree.N - 1} {
		own, err := tlog.ProveRecord(tree.N, position, hashes)
		check(err)
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, position)})
		check(err)
		check(tlog.CheckRecord(own, tree.N, tree.Hash, position, leaf[0]))
		served := receipt(base, position)
		check(tlog.CheckRecord(served.proof, served.tree.N, served.tree.Hash, position, leaf[0]))
		proved += 2
	}
	for _, old := range []int64{1, 2, 255, 256, 257, tree.N / 2, tree.N - 1} {
		if old < 1 || old > tree.N {
			continue
		}
		oldRoot, err := tlog.TreeHash(old, hashes)
		check(err)
		own, err := tlog.ProveTree(tree.N, old, hashes)
		check(err)
		served := hashLines(get(fmt.Sprintf("%sproof/consistency?from=%d&to=%d", base, old, tree.N)))
		if fmt.Sprint(own) != fmt.Sprint(tlog.TreeProof(served)) {
			fail("the consistency proof from %d differs from Go's", old)
		}
		check(tlog.CheckTree(served, tree.N, tree.Hash, old, oldRoot))
		proved++
	}
	return proved
}

type served struct {
	tree  tlog.Tree
	proof tlog.RecordProof
}

// A tlog-proof as the node serves it: hashes up to the first empty line, then a checkpoint.
func receipt(base string, position int64) served {
	text := string(get(fmt.Sprintf("%sproof/inclusion/%d", base, position)))
	parts := strings.SplitN(text, "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("not a tlog-proof: %s", lines[0])
	}
	for strings.HasPrefix(lines[1], "extra ") || strings.HasPrefix(lines[1], "index ") {
		lines = lines[1:]
		if len(lines) == 1 {
			break
		}
	}
	opened, err := note.Open([]byte(parts[1]), verifiers(base))
	check(err)
	body := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(body[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(body[2])
	check(err)
	return served{tlog.Tree{N: size, Hash: root}, hashLines([]byte(strings.Join(lines[1:], "\n")))}
}

func flippedBitsAreRefused(base string, tree tlog.Tree, opened *note.Note) int {
	refused := 0
	signed := get(base + "checkpoint")
	for _, place := range []int{0, len(opened.Text) - 3, len(signed) - 9} {
		changed := append([]byte(nil), signed...)
		changed[place] ^= 1
		if again, err := note.Open(changed, verifiers(base)); err == nil && again.Text == opened.Text {
			fail("a checkpoint with a bit flipped at %d was opened", place)
		}
		refused++
	}
	for _, bit := range []int{0, 77, 8*32 - 1} {
		reader := tlog.TileHashReader(tree, &tiles{base: base, flip: true, bit: bit})
		if _, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, 0)}); err == nil {
			fail("a tile with bit %d flipped was read", bit)
		}
		refused++
	}
	return refused
}

// Tiles over HTTP. Go names them tile/8/L/N; c2sp.org/tlog-tiles leaves the height out.
type tiles struct {
	base string
	flip bool
	bit  int
}

func (*tiles) Height() int                         { return height }
func (*tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t *tiles) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(asked))
	for i, tile := range asked {
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		found[i] = append([]byte(nil), get(t.base+"tile/"+path)...)
		if t.flip && tile.L == 0 {
			found[i][t.bit/8] ^= 1 << (t.bit % 8)
		}
	}
	return found, nil
}

func width(size, bundle int64) int {
	if left := size - bundle*256; left < 256 {
		return int(left)
	}
	return 256
}

func hashLines(text []byte) []tlog.Hash {
	var hashes []tlog.Hash
	for _, line := range strings.Fields(string(text)) {
		raw, err := base64.StdEncoding.DecodeString(line)
		check(err)
		var hash tlog.Hash
		copy(hash[:], raw)
		hashes = append(hashes, hash)
	}
	return hashes
}

func get(url string) []byte {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	check(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(err)
	if answer.StatusCode != http.StatusOK {
		fail("%s: %s %s", url, answer.Status, body)
	}
	return body
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "REFUSED: "+format+"\n", values...)
	os.Exit(1)
}
