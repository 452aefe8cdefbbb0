"""The other side of the bridge: it runs in the environment of lmms-eval, and imports nothing of mmeval but itself.

One line of JSON comes in for each request, one goes out for each answer. It reads the YAML files of the tasks itself,
so that neither lmms-eval's loader nor torch is imported, and it never downloads anything.
"""
