# A server that refuses every handshake, and the error record of a client that asks for one.
told=$(mktemp)
wsinspect serve 0 --reject 403 > "$told" 2> /dev/null &
server=$!
until url=$(grep -o 'ws://[^ ]*' "$told"); do sleep 0.05; done
wsinspect connect "$url" "$@" 2> /dev/null | grep '"type":"error"'
kill $server
wait $server
rm "$told"
