package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// nodeFile holds the name of the node that DataDir belongs to.
const nodeFile = "node"

// EnsureNode is the name of this node among those of a cluster, made by its
// first start and kept under DataDir. By it a node that is started again knows
// the calls that it left behind: a directory belongs to one node, and stays.
func EnsureNode(dataDir string) (string, error) {
	path := filepath.Join(dataDir, nodeFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeNode(path)
	}
	if err != nil {
		return "", fmt.Errorf("the node's name: %w", err)
	}
	name := strings.TrimSpace(string(text))
	if _, err := uuid.Parse(name); err != nil {
		return "", fmt.Errorf("%s is damaged; put it back from a backup, or remove it and a new name is made: "+
			"calls that this node left behind on a NATS cluster are then not ended", path)
	}
	return name, nil
}

func makeNode(path string) (string, error) {
	name := uuid.NewString()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = writeNew(path, []byte(name+"\n"))
	}
	if err != nil {
		return "", fmt.Errorf("the node's name: %w", err)
	}
	return name, nil
}
