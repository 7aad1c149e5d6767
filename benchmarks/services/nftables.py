"""nft input as kube-proxy 1.3x writes it in its nftables mode for ClusterIPs of IPv4.

Written from a reading of pkg/proxy/nftables: one verdict map of all Services, a chain a Service that chooses by numgen
and a chain an endpoint that rewrites. A change of one endpoint rewrites the two chains of the one Service and empties
that of the endpoint that went; the map stays.
"""
import base64
import hashlib

import wanted

TABLE = "ip kube-proxy"

BASE = [
    "add table {t} {{ comment \"rules for kube-proxy\" ; }}",
    "add set {t} cluster-ips {{ type ipv4_addr ; comment \"Active ClusterIPs\" ; }}",
    "add set {t} nodeport-ips {{ type ipv4_addr ; comment \"IPs that accept NodePort traffic\" ; }}",
    "add map {t} firewall-ips {{ type ipv4_addr . inet_proto . inet_service : verdict ; }}",
    "add map {t} no-endpoint-nodeports {{ type inet_proto . inet_service : verdict ; }}",
    "add map {t} no-endpoint-services {{ type ipv4_addr . inet_proto . inet_service : verdict ; }}",
    "add map {t} service-ips {{ type ipv4_addr . inet_proto . inet_service : verdict ; }}",
    "add map {t} service-nodeports {{ type inet_proto . inet_service : verdict ; }}",
    "add chain {t} cluster-ips-check",
    "add chain {t} filter-prerouting-pre-dnat {{ type filter hook prerouting priority -110 ; }}",
    "add chain {t} filter-output-pre-dnat {{ type filter hook output priority -110 ; }}",
    "add chain {t} filter-forward {{ type filter hook forward priority 0 ; }}",
    "add chain {t} filter-input {{ type filter hook input priority 0 ; }}",
    "add chain {t} filter-output {{ type filter hook output priority 0 ; }}",
    "add chain {t} firewall-check",
    "add chain {t} mark-for-masquerade",
    "add chain {t} masquerading",
    "add chain {t} nat-output {{ type nat hook output priority -100 ; }}",
    "add chain {t} nat-postrouting {{ type nat hook postrouting priority 100 ; }}",
    "add chain {t} nat-prerouting {{ type nat hook prerouting priority -100 ; }}",
    "add chain {t} nodeport-endpoints-check",
    "add chain {t} reject-chain",
    "add chain {t} services",
    "add chain {t} service-endpoints-check",
    "add rule {t} cluster-ips-check ip daddr @cluster-ips reject",
    "add rule {t} cluster-ips-check ip daddr {{ {services} }} drop",
    "add rule {t} filter-prerouting-pre-dnat ct state new jump firewall-check",
    "add rule {t} filter-forward ct state new jump service-endpoints-check",
    "add rule {t} filter-forward ct state new jump cluster-ips-check",
    "add rule {t} filter-input ct state new jump nodeport-endpoints-check",
    "add rule {t} filter-input ct state new jump service-endpoints-check",
    "add rule {t} filter-output ct state new jump service-endpoints-check",
    "add rule {t} filter-output-pre-dnat ct state new jump firewall-check",
    "add rule {t} filter-output ct state new jump cluster-ips-check",
    "add rule {t} firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips",
    "add rule {t} mark-for-masquerade mark set mark or 0x4000",
    "add rule {t} masquerading mark and 0x4000 == 0 return",
    "add rule {t} masquerading mark set mark xor 0x4000",
    "add rule {t} masquerading masquerade fully-random",
    "add rule {t} nat-output jump services",
    "add rule {t} nat-postrouting jump masquerading",
    "add rule {t} nat-prerouting jump services",
    "add rule {t} nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports",
    "add rule {t} reject-chain reject",
    "add rule {t} services ip daddr . meta l4proto . th dport vmap @service-ips",
    "add rule {t} services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports",
    "add rule {t} service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services",
]


def hashed(text):
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:8]


def service_chain(service):
    name = f"bench/{service.name}/tcp/http"
    return f"service-{hashed(name)}-{name}"


def endpoint_chain(service, endpoint):
    name = f"bench/{service.name}/tcp/http__{endpoint.address}/{wanted.TARGET_PORT}"
    return f"endpoint-{hashed(name)}-{name}"


def chains(service):
    """Makes the chains of a Service, or empties those that are there."""
    for name in [endpoint_chain(service, endpoint) for endpoint in service.endpoints] + [service_chain(service)]:
        yield f"add chain {TABLE} {name}"
        yield f"flush chain {TABLE} {name}"


def rules(service):
    svc = service_chain(service)
    yield (f"add rule {TABLE} {svc} ip daddr {service.address} tcp dport {wanted.PORT}"
           f" ip saddr != {wanted.POD_RANGE} jump mark-for-masquerade")
    choices = " , ".join(f"{i} : goto {endpoint_chain(service, endpoint)}"
                         for i, endpoint in enumerate(service.endpoints))
    yield f"add rule {TABLE} {svc} numgen random mod {len(service.endpoints)} vmap {{ {choices} }}"
    for endpoint in service.endpoints:
        name = endpoint_chain(service, endpoint)
        yield f"add rule {TABLE} {name} ip saddr {endpoint.address} jump mark-for-masquerade"
        yield f"add rule {TABLE} {name} meta l4proto tcp dnat to {endpoint.address}:{wanted.TARGET_PORT}"


def elements(service):
    yield f"add element {TABLE} cluster-ips {{ {service.address} }}"
    yield (f"add element {TABLE} service-ips {{ {service.address} . tcp . {wanted.PORT} :"
           f" goto {service_chain(service)} }}")


def whole(table):
    out = [line.format(t=TABLE, services=wanted.SERVICE_RANGE) for line in BASE]
    for service in table:
        out.extend(chains(service))
        out.extend(elements(service))
        out.extend(rules(service))
    return "\n".join(out) + "\n"


def change(_, before, after):
    out = list(chains(after)) + list(rules(after))
    out.extend(f"flush chain {TABLE} {endpoint_chain(before, endpoint)}" for endpoint in before.endpoints)
    return "\n".join(out) + "\n"
