"""`airflow-wizard open`: Airflow's page, in a browser."""

import argparse

from wizard.commands.options import add_cluster, add_plan, boolean, cluster_of, namespace_of, say
from wizard.errors import Exit

PORT = 8080


class Command:
    """Print where the page is and show it, by a port-forward of our own where it has no public URL."""

    help = "open Airflow's page in a browser; without a public URL by a port-forward that outlives its pod"

    def options(self, parser: argparse.ArgumentParser) -> None:
        add_plan(parser)
        add_cluster(parser)
        parser.add_argument(
            "--port", type=port, default=PORT, metavar="N", help=f"of this machine ({PORT}); 0 picks a free one"
        )
        parser.add_argument(
            "--browser",
            type=boolean,
            default=True,
            metavar="true|false",
            help="open one where there is a screen (true)",
        )

    def run(self, options: argparse.Namespace) -> int:
        from wizard.page import page, show
        from wizard.port_forward import HOST, PortForward

        namespace, cluster = namespace_of(options), cluster_of(options)
        found = page(cluster, namespace, cluster.context, options.kubeconfig or "")
        forward = None if found.public_url else PortForward(cluster, namespace, options.port, say)
        url = f"http://{HOST}:{forward.port}{found.prefix}/" if forward else found.public_url
        print(url, flush=True)
        for label, text in found.who:
            say(f"{label:<8} {text}")
        if options.browser:
            show(url)
        if forward is None:
            return Exit.OK
        say(f"This leads to the api-server in namespace {namespace} until Ctrl-C.")
        try:
            forward.serve()
        except KeyboardInterrupt:
            say()
        finally:
            forward.close()
        return Exit.OK


def port(text: str) -> int:
    """A port, or 0."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)
