heapchurn list --check ./none.yaml
