heapchurn brew-coffee
