#!/bin/sh
# Builds Kubernetes' API server and controller manager from Debian's source package, for tests.
# kubernetes_build.sh FOLDER: writes FOLDER/bin; needs apt, dpkg and Debian's archive keyring.
# Takes 5 to 10 minutes on two cores and 3 GB, most of which is removed at the end. Installs nothing.
set -eu
folder=$1
kubernetes=1.20.2
source_version=1.20.5+really1.20.2-1.1+deb12u1

rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
mkdir -p "$folder/debs" "$folder/gopath/src/k8s.io"
cd "$folder"

# The packages come from the mirror of this machine, in lists of our own: the machine may have
# another release, and no source packages.
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 'debian/\?$' || true)
mirror=${mirror:-http://deb.debian.org/debian}
key=/usr/share/keyrings/debian-archive-keyring.gpg
printf 'deb [signed-by=%s] %s bookworm main\ndeb-src [signed-by=%s] %s bookworm main\n' \
    "$key" "$mirror" "$key" "$mirror" > apt/sources.list
own_apt() {
    apt-get -q -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
        -o APT::Sandbox::User="$(id -un)" "$@"
}
own_apt update
own_apt source --download-only "kubernetes=$source_version"
tar xzf kubernetes_*.orig.tar.gz
(cd debs && own_apt download \
    etcd-server golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev)
for package in debs/*.deb; do
    dpkg -x "$package" root
done

# Since Go 1.18, the vendored reflect2 1.0.1 panics in each request that has JSON. Debian has 1.0.2.
reflect2=kubernetes-$kubernetes/vendor/github.com/modern-go/reflect2
rm "$reflect2"/*.go "$reflect2"/*.s
cp root/usr/share/gocode/src/github.com/modern-go/reflect2/*.go "$reflect2"
cp root/usr/share/gocode/src/github.com/modern-go/reflect2/*.s "$reflect2"
rm -f "$reflect2"/*_test.go

ln -s "$folder/kubernetes-$kubernetes" gopath/src/k8s.io/kubernetes
PATH=$folder/root/usr/lib/go-1.19/bin:$PATH
export PATH CGO_ENABLED=0 GO111MODULE=off GOFLAGS= GOROOT="$folder/root/usr/lib/go-1.19"
export GOCACHE="$folder/gocache" GOPATH="$folder/gopath"
cd "$GOPATH/src/k8s.io/kubernetes"

# The source package leaves out one generated file: the OpenAPI definitions.
go build -o "$folder/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
packages=$(
    grep -rl --include='*.go' '^// +k8s:openapi-gen=true' pkg staging/src cmd |
        grep -v -E '_examples|sample-|/testdata/|_test\.go|kube-aggregator/pkg/generated' |
        grep -v code-generator | xargs -n1 dirname | sort -u |
        sed -e 's#^staging/src/#k8s.io/kubernetes/vendor/#' -e '/^k8s.io/!s#^#k8s.io/kubernetes/#' |
        paste -sd,
)
"$folder/openapi-gen" --logtostderr -i "$packages" -p k8s.io/kubernetes/pkg/generated/openapi \
    -O zz_generated.openapi -h hack/boilerplate/boilerplate.generatego.txt \
    -r "$folder/violations.txt" -o "$GOPATH/src"

vendor=k8s.io/kubernetes/vendor/k8s.io
flags="-s -w -X $vendor/component-base/version.gitVersion=v$kubernetes"
flags="$flags -X $vendor/client-go/pkg/version.gitVersion=v$kubernetes"
for program in kube-apiserver kube-controller-manager; do
    go build -ldflags "$flags" -o "$folder/bin/$program" "k8s.io/kubernetes/cmd/$program"
done
cp "$folder/root/usr/bin/etcd" "$folder/bin"

cd "$folder"
for each in *; do
    [ "$each" = bin ] || rm -rf "$each"
done
