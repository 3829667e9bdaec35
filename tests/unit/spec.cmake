heapchurn_test(test_fields SOURCES test_fields.c LINK fields)
heapchurn_test(test_spec SOURCES test_spec.c LINK scenarios)
heapchurn_test(test_spec_broken SOURCES test_spec_broken.c LINK scenarios)
heapchurn_test(test_spec_range SOURCES test_spec_range.c LINK scenarios)
