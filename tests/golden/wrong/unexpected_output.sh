#!/bin/bash
echo said
