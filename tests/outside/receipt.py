"""Checks a receipt with PyPI's proofbundle, which shares no line with motcua.

    python3 tests/outside/receipt.py RECEIPT VKEY [WITNESS_VKEY…]

The leaf is the `extra` of the receipt; each of many copies with one bit flipped must be refused.
"""

import base64
import pathlib
import sys

from proofbundle.tlogproof import parse_tlog_proof, verify_tlog_proof


def main() -> None:
    text = pathlib.Path(sys.argv[1]).read_bytes().decode()
    vkey, witnesses = pathlib.Path(sys.argv[2]).read_text().strip(), sys.argv[3:]
    leaf = parse_tlog_proof(text)["extra"]
    found = verify_tlog_proof(text, leaf, vkey, witnesses, threshold=len(witnesses))
    if not found["ok"]:
        sys.exit(f"REFUSED: {found['detail']}")
    print(f"proofbundle: receipt of position {found['index']} in size {found['tree_size']} of {found['origin']} accepted")
    refused = 0
    for name, changed_text, changed_leaf in changed(text, leaf):
        if verify_tlog_proof(changed_text, changed_leaf, vkey, witnesses, threshold=len(witnesses))["ok"]:
            sys.exit(f"ACCEPTED with one bit flipped: {name}")
        refused += 1
    print(f"proofbundle: {refused} changed copies refused")


def changed(text: str, leaf: bytes):
    """One bit of the fact, of each hash, of the root, of the size and of the log's signature."""
    for place in range(0, len(leaf), max(1, len(leaf) // 16)):
        yield f"fact, byte {place}", text, leaf[:place] + bytes([leaf[place] ^ 1]) + leaf[place + 1 :]
    head, note = text.split("\n\n", 1)
    lines = head.split("\n")
    for number, line in enumerate(lines):
        if line.startswith(("c2sp.org/", "extra ", "index ")):
            continue
        flipped = "\n".join([*lines[:number], flip(line), *lines[number + 1 :]])
        yield f"hash in line {number}", f"{flipped}\n\n{note}", leaf
    origin, size, root, rest = note.split("\n", 3)
    yield "root", "\n".join([head, "", origin, size, flip(root), rest]), leaf
    yield "size", "\n".join([head, "", origin, str(int(size) ^ 1), root, rest]), leaf
    blank, signature, *others = rest.split("\n")
    before, _, encoded = signature.rpartition(" ")
    yield "signature", "\n".join([head, "", origin, size, root, blank, f"{before} {flip(encoded, 5)}", *others]), leaf


def flip(encoded: str, place: int = 0) -> str:
    raw = bytearray(base64.b64decode(encoded))
    raw[place] ^= 1
    return base64.b64encode(bytes(raw)).decode()


main()
