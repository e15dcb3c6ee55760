"""A name server whose names may answer something else each time they are asked."""

from collections import Counter

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Zone:
    """`names`: name -> its answers in turn, the last for ever; an answer is a list of addresses. Counts in `asked`."""

    def __init__(self, names: dict[str, list[list[str]]]) -> None:
        self.names, self.asked = names, Counter[str]()

    def replies(self, wire: bytes, stream: bool) -> list[bytes]:
        query = dns.message.from_wire(wire)
        name = query.question[0].name.to_text(omit_final_dot=True)
        kind = query.question[0].rdtype
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        answers = self.names.get(name)
        if answers is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return [reply.to_wire()]
        turn = min(self.asked[f"{name} {dns.rdatatype.to_text(kind)}"], len(answers) - 1)
        self.asked[f"{name} {dns.rdatatype.to_text(kind)}"] += 1
        wanted = [ip for ip in answers[turn] if (":" in ip) == (kind == dns.rdatatype.AAAA)]
        if wanted:
            reply.answer.append(
                dns.rrset.from_text(query.question[0].name, 0, "IN", dns.rdatatype.to_text(kind), *wanted)
            )
        return [reply.to_wire()]
