"""What each system serves: one module per TM Forum API, each turning lives into the published v4 shapes."""

from console.sandbox.resources import (
    tmf622_product_order,
    tmf629_customer,
    tmf632_party,
    tmf637_product,
    tmf638_service,
    tmf641_service_order,
    tmf666_account,
    tmf678_customer_bill,
)
from console.sandbox.resources.shapes import Links, Resource

SYSTEMS: dict[str, tuple[Resource, ...]] = {
    "crm": (tmf629_customer.CUSTOMER, tmf632_party.INDIVIDUAL, tmf632_party.ORGANIZATION),
    "billing": (tmf666_account.BILLING_ACCOUNT, tmf678_customer_bill.CUSTOMER_BILL, tmf678_customer_bill.APPLIED_RATE),
    "provisioning": (
        tmf622_product_order.PRODUCT_ORDER,
        tmf641_service_order.SERVICE_ORDER,
        tmf637_product.PRODUCT,
        tmf638_service.SERVICE,
    ),
}

__all__ = ["SYSTEMS", "Links", "Resource"]
