# What is recorded of a client that is refused, over TLS: with times, ports and keys that are always the same.
told=$(mktemp)
folder=$(mktemp -d)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -keyout "$folder/key" -out "$folder/cert" 2> /dev/null
wsinspect serve 0 --reject 403 --cert "$folder/cert" --key "$folder/key" > "$told" 2> /dev/null &
server=$!
until url=$(grep -o 'wss://[^ ]*' "$told"); do sleep 0.05; done
wsinspect connect "$url" -k --no-stdin "$@" --record "$folder/traffic.ndjson" > /dev/null 2>&1
sed -E -e 's/("time"|"duration"|"endedAt"):[0-9.]+/\1:1/g' -e 's/(127\.0\.0\.1:)[0-9]+/\19001/g' \
  -e 's/[A-Za-z0-9+\/]{22}==/dGhlIHNhbXBsZSBub25jZQ==/g' \
  -e 's/("expectedAccept"):"[^"]*"/\1:"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="/' "$folder/traffic.ndjson"
kill $server
wait $server
rm -r "$told" "$folder"
