"""Says what the network policies let through, as Kubernetes reads them."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from tests.kubernetes.manifests import matches

NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"
OURS = "fosterframe"


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod, or an address outside the cluster."""

    labels: dict = field(default_factory=dict)
    namespace: dict = field(default_factory=lambda: {NAME_OF_NAMESPACE: OURS})
    address: str | None = None

    @property
    def is_ours(self):
        return self.address is None and self.namespace.get(NAME_OF_NAMESPACE) == OURS


def pod(labels, namespace=OURS, **namespace_labels):
    told = {
        key.replace("__", "/").replace("_", "-"): text for key, text in namespace_labels.items()
    }
    return End(dict(labels), {NAME_OF_NAMESPACE: namespace, **told})


def outside(address):
    return End(address=address)


def reaches(policies, source, target, port, protocol="TCP"):
    """Say whether a connection is let out of where it begins, and in where it ends."""
    return _lets(policies, "Egress", source, target, port, protocol) and _lets(
        policies, "Ingress", target, source, port, protocol
    )


def _lets(policies, direction, here, there, port, protocol):
    if not here.is_ours:
        # What others let through is theirs to say.
        return True
    mine = [
        policy["spec"]
        for policy in policies
        if direction in policy["spec"]["policyTypes"]
        and matches(policy["spec"]["podSelector"], here.labels)
    ]
    assert mine, "nothing would be refused here"
    way, end = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    return any(
        _is_port(rule.get("ports"), port, protocol)
        and (end not in rule or any(_is_end(peer, there) for peer in rule[end]))
        for spec in mine
        for rule in spec.get(way, ())
    )


def _is_port(ports, port, protocol):
    return ports is None or {"port": port, "protocol": protocol} in ports


def _is_end(peer, there):
    if "ipBlock" in peer:
        return there.address is not None and ip_address(there.address) in ip_network(
            peer["ipBlock"]["cidr"]
        )
    if there.address is not None:
        return False
    if "namespaceSelector" in peer:
        is_namespace = matches(peer["namespaceSelector"], there.namespace)
    else:
        is_namespace = there.is_ours
    return is_namespace and matches(peer.get("podSelector", {}), there.labels)
