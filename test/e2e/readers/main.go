// What Go's standard library makes of each archive named on standard input: one line of JSON for each.
package main

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const contentMax = 1 << 22

type answer struct {
	Path    string         `json:"path"`
	Answers map[string]any `json:"answers"`
}

func latin1(text string) string {
	runes := make([]rune, 0, len(text))
	for i := 0; i < len(text); i++ {
		runes = append(runes, rune(text[i]))
	}
	return string(runes)
}

func digest(in io.Reader) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, io.LimitReader(in, contentMax))
	return hex.EncodeToString(sum.Sum(nil)), err
}

func readZip(path string) ([][3]string, error) {
	archive, err := zip.OpenReader(path)
	if err != nil && err != zip.ErrInsecurePath {
		return nil, err
	}
	defer archive.Close()
	members := [][3]string{}
	for _, file := range archive.File {
		mode := file.Mode()
		kind := "file"
		switch {
		case mode.IsDir():
			kind = "directory"
		case mode&os.ModeSymlink != 0:
			kind = "symlink"
		case !mode.IsRegular():
			kind = "device"
		}
		content := ""
		if kind == "file" || kind == "symlink" {
			in, err := file.Open()
			if err != nil {
				return nil, err
			}
			content, err = digest(in)
			in.Close()
			if err != nil {
				return nil, err
			}
		}
		members = append(members, [3]string{latin1(file.Name), kind, content})
	}
	return members, nil
}

var kinds = map[byte]string{
	tar.TypeReg: "file", 0: "file", tar.TypeCont: "file", tar.TypeGNUSparse: "file", tar.TypeLink: "hardlink", tar.TypeSymlink: "symlink",
	tar.TypeChar: "device", tar.TypeBlock: "device", tar.TypeFifo: "device", tar.TypeDir: "directory",
}

func readTar(path string) ([][3]string, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	archive := tar.NewReader(in)
	members := [][3]string{}
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return members, nil
		}
		if err != nil && err != tar.ErrInsecurePath {
			return nil, err
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		kind, known := kinds[header.Typeflag]
		if !known {
			kind = "other"
		}
		content := ""
		switch kind {
		case "file":
			if content, err = digest(archive); err != nil {
				return nil, err
			}
		case "symlink", "hardlink":
			content = latin1(header.Linkname)
		}
		members = append(members, [3]string{latin1(header.Name), kind, content})
	}
}

func readGzip(path string) ([][3]string, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	stream, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	content, err := digest(stream)
	if err != nil {
		return nil, err
	}
	return [][3]string{{"", "file", content}}, nil
}

var readers = map[string]func(string) ([][3]string, error){".zip": readZip, ".tar": readTar, ".gzip": readGzip}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		path := lines.Text()
		result := answer{path, map[string]any{}}
		if read, known := readers[strings.ToLower(filepath.Ext(path))]; known {
			members, err := read(path)
			if err != nil {
				result.Answers["go"] = map[string]string{"error": fmt.Sprint(err)}
			} else {
				result.Answers["go"] = members
			}
		}
		if err := out.Encode(result); err != nil {
			panic(err)
		}
	}
}
