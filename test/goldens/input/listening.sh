# What a server prints (with the options given) until it listens; what is different each time is levelled.
told=$(mktemp)
wsinspect serve 0 "$@" > "$told" 2> /dev/null &
server=$!
while ! grep -q '^.' "$told"; do sleep 0.05; done
kill -INT $server
wait $server
sed -E 's/(:|":)[0-9]+/\19001/g; s/token=[A-Za-z0-9_-]{32}/token=hD1mC0bYFvV4yq0VhM3nqYwPfi2gU5Zk/' "$told"
rm "$told"
