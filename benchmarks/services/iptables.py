"""iptables-restore input as kube-proxy 1.3x writes it in its iptables mode for ClusterIPs of IPv4.

Written from a reading of pkg/proxy/iptables: chain names, order of the rules, the statistic module's probabilities, no
comments on the rules of Services when there are more than 1000 endpoints. A change of one endpoint rewrites the chains
that all Services share (KUBE-SERVICES is as long as the table) and those of the one Service.
"""
import base64
import hashlib

import wanted

LARGE_CLUSTER_ENDPOINTS = 1000
MASQUERADE = "0x4000"

FILTER = """*filter
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 \
-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack \
--ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
"""

# The jumps from the kernel's chains, which kube-proxy makes one by one with iptables -I before the first restore.
JUMPS = """*filter
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
-A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
-A INPUT -j KUBE-NODEPORTS
-A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
-A INPUT -j KUBE-FIREWALL
-A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
-A FORWARD -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
-A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
-A OUTPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
-A OUTPUT -j KUBE-FIREWALL
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-POSTROUTING - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
COMMIT
"""


def chain(prefix, text):
    return prefix + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:16]


def service_chain(service):
    return chain("KUBE-SVC-", f"bench/{service.name}:httptcp")


def endpoint_chain(service, endpoint):
    return chain("KUBE-SEP-", f"bench/{service.name}:httptcp{endpoint.address}:{wanted.TARGET_PORT}")


def service_rules(service, comments):
    """The chains of one Service and what is in them."""
    svc, name = service_chain(service), f"bench/{service.name}:http"
    out = [f'-A {svc} -m comment --comment "{name} cluster IP" -m tcp -p tcp -d {service.address}'
           f" --dport {wanted.PORT} ! -s {wanted.POD_RANGE} -j KUBE-MARK-MASQ"]
    left = len(service.endpoints)
    for endpoint in service.endpoints:
        comment = f'-m comment --comment "{name} -> {endpoint.address}:{wanted.TARGET_PORT}" ' if comments else ""
        share = f"-m statistic --mode random --probability {1 / left:.10f} " if left > 1 else ""
        out.append(f"-A {svc} {comment}{share}-j {endpoint_chain(service, endpoint)}")
        left -= 1
    comment = f"-m comment --comment {name} " if comments else ""
    for endpoint in service.endpoints:
        sep = endpoint_chain(service, endpoint)
        out.append(f"-A {sep} {comment}-s {endpoint.address} -j KUBE-MARK-MASQ")
        out.append(f"-A {sep} {comment}-m tcp -p tcp -j DNAT --to-destination"
                   f" {endpoint.address}:{wanted.TARGET_PORT}")
    return out


def text(table, rewritten, dropped=()):
    """One restore: all that is shared, the chains of the rewritten Services; dropped chains are emptied and removed."""
    comments = sum(len(service.endpoints) for service in table) <= LARGE_CLUSTER_ENDPOINTS
    chains = ["KUBE-NODEPORTS", "KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"]
    rules = [f"-A KUBE-POSTROUTING -m mark ! --mark {MASQUERADE}/{MASQUERADE} -j RETURN",
             f"-A KUBE-POSTROUTING -j MARK --xor-mark {MASQUERADE}",
             '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT"'
             " -j MASQUERADE --random-fully",
             f"-A KUBE-MARK-MASQ -j MARK --or-mark {MASQUERADE}"]
    for service in table:
        rules.append(f'-A KUBE-SERVICES -m comment --comment "bench/{service.name}:http cluster IP" -m tcp -p tcp'
                     f" -d {service.address} --dport {wanted.PORT} -j {service_chain(service)}")
    for service in rewritten:
        chains.append(service_chain(service))
        chains.extend(endpoint_chain(service, endpoint) for endpoint in service.endpoints)
        rules.extend(service_rules(service, comments))
    rules.append('-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule'
                 ' in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS')
    # Stale chains stay until the next full sync in a large cluster.
    stale = list(dropped) if comments else []
    return (FILTER + "*nat\n" + "".join(f":{name} - [0:0]\n" for name in chains + stale) + "\n".join(rules) + "\n"
            + "".join(f"-X {name}\n" for name in stale) + "COMMIT\n")


def whole(table):
    return JUMPS + text(table, table)


def change(table, before, after):
    return text(table, [after], [endpoint_chain(before, endpoint) for endpoint in before.endpoints])
