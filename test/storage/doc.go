// Package storage runs object stores that others wrote, on this machine: versitygw,
// which speaks S3, and Azurite, which speaks as Azure's blob service does. Both keep
// what they are given in a folder, and can be stopped and started again over it.
package storage
