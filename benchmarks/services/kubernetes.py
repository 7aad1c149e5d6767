"""Services and EndpointSlices as kubectl prints them, as YAML documents, for Ringway."""
import wanted

SERVICE = """---
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: bench
spec:
  type: ClusterIP
  clusterIP: {address}
  clusterIPs:
    - {address}
  ipFamilies:
    - IPv4
  ports:
    - name: http
      protocol: TCP
      port: {port}
      targetPort: {target}
"""
SLICE = """---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: {name}-1
  namespace: bench
  labels:
    kubernetes.io/service-name: {name}
addressType: IPv4
ports:
  - name: http
    protocol: TCP
    port: {target}
endpoints:
"""
ENDPOINT = """  - addresses:
      - {address}
    conditions:
      ready: true
      serving: true
      terminating: false
    nodeName: {node}
"""


def objects(service):
    fields = {"name": service.name, "address": service.address, "port": wanted.PORT, "target": wanted.TARGET_PORT}
    return SERVICE.format(**fields) + SLICE.format(**fields) + "".join(
        ENDPOINT.format(address=endpoint.address, node=endpoint.node) for endpoint in service.endpoints)


def text(services):
    return "".join(objects(service) for service in services)
