package story

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// verify checks a token of the pipelines as a registry does: signature by the issuer's published key, issuer, audience and time.
func (d *delivery) verify(token, audience string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("not a token")
	}
	key, err := d.publicKey()
	if err != nil {
		return err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		return err
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claims struct {
		Iss, Aud string
		Exp      int64
	}
	if err := json.Unmarshal(body, &claims); err != nil {
		return err
	}
	if claims.Iss != d.issuer.Name || claims.Aud != audience || time.Now().Unix() > claims.Exp {
		return fmt.Errorf("a token for somebody else: %+v", claims)
	}
	return nil
}

func (d *delivery) publicKey() (*rsa.PublicKey, error) {
	res, err := http.Get(d.issuer.URL + "/keys")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var set struct{ Keys []struct{ N, E string } }
	if err := json.NewDecoder(res.Body).Decode(&set); err != nil || len(set.Keys) != 1 {
		return nil, fmt.Errorf("the issuer's keys: %+v, %w", set, err)
	}
	n, errN := base64.RawURLEncoding.DecodeString(set.Keys[0].N)
	e, errE := base64.RawURLEncoding.DecodeString(set.Keys[0].E)
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, errors.Join(errN, errE)
}
